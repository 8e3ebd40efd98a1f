//! The issuer under load, as a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use staff_passport_tests::programs::{Service, succeed};
use tempfile::TempDir;

pub(crate) struct Home {
    pub(crate) folder: TempDir,
    pub(crate) address: SocketAddr,
    /// A header line.
    pub(crate) bearer: String,
    service: Option<Service>,
}

impl Home {
    /// Makes keys and a token, and starts it.
    pub(crate) fn start() -> Self {
        let parent = std::env::var_os("LOAD_FOLDER").unwrap_or_else(|| std::env::temp_dir().into());
        let folder = tempfile::Builder::new().prefix("load-").tempdir_in(parent).expect("a folder");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let (ring, key) = (at("ring"), at("key"));
        let sealed = ["--ring", ring.as_str(), "--key-file", key.as_str()];
        succeed("keys", &[&["init", "--new-key-file"], &sealed[..]].concat(), &[]);
        succeed("keys", &[&["generate", "--purpose", "issuer"], &sealed[..]].concat(), &[]);
        let store = format!("sled:{}", at("data"));
        let mut args = vec!["token", "create", "--store", &store, "--name", "load"];
        for scope in ["passports:read", "passports:write", "passports:issue-unattended"] {
            args.extend(["--scope", scope]);
        }
        let printed = succeed("issuer", &args, &[]);
        let token = printed.split_whitespace().find(|word| word.starts_with("sp_"));
        let bearer = format!("authorization: Bearer {}\r\n", token.expect("a token"));
        let mut home = Self { folder, address, bearer, service: None };
        home.restart();
        home
    }

    /// Kills it, if it runs, and starts it on the same store; how long until it answers.
    pub(crate) fn restart(&mut self) -> Duration {
        drop(self.service.take());
        let at = |name: &str| self.folder.path().join(name).to_string_lossy().into_owned();
        let base_url = self.url();
        let args: Vec<String> = [
            "serve",
            "--listen",
            &self.address.to_string(),
            "--base-url",
            &base_url,
            "--ods",
            "RBV",
            "--name",
            "The Christie NHS Foundation Trust",
            "--store",
            &format!("sled:{}", at("data")),
            "--ring",
            &at("ring"),
            "--key-file",
            &at("key"),
            "--web-dir",
            "none",
        ]
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
        let began = Instant::now();
        self.service =
            Some(Service::start("issuer", &args, &[], &self.folder.path().join("issuer.log")));
        began.elapsed()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn id(&self) -> u32 {
        self.service.as_ref().map_or(0, Service::id)
    }

    /// MB on disk.
    pub(crate) fn stored(&self) -> u64 {
        folder_bytes(&self.folder.path().join("data")) / 1_000_000
    }
}

fn folder_bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => folder_bytes(&entry.path()),
            Ok(about) => about.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Processor seconds that a process has used (Linux counts in hundredths).
pub(crate) fn cpu(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("the process runs");
    let (_, rest) = stat.rsplit_once(')').expect("a name in brackets");
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| fields[at].parse::<f64>().expect("a number");
    (number(11) + number(12)) / 100.0
}

/// MB that a process holds: now, and at most so far.
pub(crate) fn memory(process: u32) -> (u64, u64) {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).expect("the process runs");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).expect("kB") / 1000
    };
    (of("VmRSS:"), of("VmHWM:"))
}

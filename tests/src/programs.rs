//! The built programs beside this test binary, run and stopped as a person would.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a service may take from its start to its first line.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The path of a built program, beside the running one.
///
/// # Panics
/// When it has not been built: a test that can't find its program must not pass.
pub fn path_of(program: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the running program has a path");
    let beside = own
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file());
    beside.unwrap_or_else(|| panic!("{program} is not built: run `cargo build --workspace` first"))
}

/// Runs a program to its end with `input` on its standard input.
pub fn run<S: AsRef<OsStr>>(
    program: &str,
    args: &[S],
    env: &[(&str, &str)],
    input: &str,
) -> Output {
    let mut child = Command::new(path_of(program))
        .args(args)
        .envs(env.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    if let Some(mut stdin) = child.stdin.take() {
        // A program that asks nothing may close its input first.
        let _closed = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().expect("the program ends")
}

/// Runs a program that must succeed and gives what it printed.
///
/// # Panics
/// With the program's own words when it fails.
pub fn succeed<S: AsRef<OsStr>>(program: &str, args: &[S], env: &[(&str, &str)]) -> String {
    let output = run(program, args, env, "");
    assert!(
        output.status.success(),
        "{program} {:?} failed with {}:\n{}{}",
        args.iter().map(|arg| arg.as_ref().to_string_lossy().into_owned()).collect::<Vec<_>>(),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8(output.stdout).expect("programs print UTF-8")
}

/// A running service; killed when dropped.
#[derive(Debug)]
pub struct Service {
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts `program serve …` and waits for its `listening on` line.
    ///
    /// # Panics
    /// When it ends or stays silent instead, with the end of its log.
    pub fn start(program: &str, args: &[String], env: &[(&str, &str)], log: &Path) -> Self {
        let log_file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .expect("the log file opens");
        let mut child = Command::new(path_of(program))
            .args(args)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let stdout = child.stdout.take().expect("stdout is piped");
        let (ready, listening) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.starts_with("listening on ") && ready.send(()).is_err() {
                    return;
                }
            }
        });
        if listening.recv_timeout(START_LIMIT).is_err() {
            let _ended = child.kill();
            let _status = child.wait();
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let tail: Vec<&str> = text.lines().rev().take(60).collect();
            panic!("{program} did not come up; its last words, newest first:\n{}", tail.join("\n"));
        }
        Self { child, log: log.to_owned() }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where its log goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Ends it at once, as a power failure of the process would (SIGKILL).
    pub fn kill(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

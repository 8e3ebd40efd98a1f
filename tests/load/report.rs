//! What was measured, as docs/load.md.

use std::fmt::Write as _;
use std::path::Path;

#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 5]>,
}

impl Report {
    /// What, ours, its floor, their ratio, the target.
    pub(crate) fn row(&mut self, what: &str, ours: &str, floor: &str, ratio: &str, target: &str) {
        println!("{what}: {ours} | {floor} | {ratio} | {target}");
        self.rows.push([what, ours, floor, ratio, target].map(str::to_owned));
    }

    pub(crate) fn write(&self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let preface = include_str!("preface.md");
        let now = clock::Clock::system().now();
        let day = chrono::DateTime::from_timestamp(now, 0).expect("a date").date_naive();
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let busy = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let busy: Vec<&str> = busy.split_whitespace().take(3).collect();
        let mut text = format!(
            "{preface}\nMeasured {day} on {cores} cores; load average at the end {}.\n\n",
            busy.join(", ")
        );
        text += "| what | measured | floor, same run | ratio | target |\n|---|---|---|---|---|\n";
        for [what, ours, floor, ratio, target] in &self.rows {
            writeln!(text, "| {what} | {ours} | {floor} | {ratio} | {target} |").expect("a text");
        }
        let path = folder.join("../docs/load.md");
        std::fs::write(&path, text).expect("docs/load.md is written");
        println!("written: docs/load.md");
    }
}

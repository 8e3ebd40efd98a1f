//! The targets, and what the rounds say of each.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One hot path and the ratios or times it must keep to.
pub struct Figure {
    pub group: &'static str,
    pub title: &'static str,
    pub floor: &'static str,
    pub targets: &'static [Target],
}

/// What must hold of our time.
pub enum Target {
    /// At most this many times the competitor's.
    Ratio(&'static str, f64),
    /// At most so many nanoseconds.
    Nanoseconds(f64),
}

pub const FIGURES: [Figure; 8] = [
    Figure {
        group: "verify_eddsa",
        title: "Verify a presentation, EdDSA (17 disclosures)",
        floor: "two `verify_strict` and 18 SHA-256 of the same bytes",
        targets: &[Target::Ratio("floor", 1.3), Target::Ratio("sd-jwt-rs", 0.42)],
    },
    Figure {
        group: "verify_es256",
        title: "Verify a presentation, ES256 (17 disclosures)",
        floor: "two ECDSA verifications (aws-lc-rs) and 18 SHA-256 of the same bytes",
        targets: &[Target::Ratio("sd-jwt-rs", 0.67)],
    },
    Figure {
        group: "issue",
        title: "Issue a passport, EdDSA (8 objects hidden)",
        floor: "one signature and 8 SHA-256 of the same bytes",
        targets: &[Target::Ratio("floor", 1.25)],
    },
    Figure {
        group: "status_lookup",
        title: "Look up a status in a list of 2^20",
        floor: "shift and mask of a byte",
        targets: &[Target::Nanoseconds(10.0)],
    },
    Figure {
        group: "status_list_2e17",
        title: "Publish a list of 2^17 after a change",
        floor: "libdeflate level 6 and one signature",
        targets: &[Target::Ratio("floor", 2.0)],
    },
    Figure {
        group: "status_list_2e20",
        title: "Publish a list of 2^20 after a change",
        floor: "libdeflate level 6 and one signature",
        targets: &[Target::Ratio("floor", 2.0)],
    },
    Figure {
        group: "qr_encode",
        title: "Make the sample nurse's QR text",
        floor: "DEFLATE of the same presentation (the plain form, less Base45)",
        targets: &[Target::Nanoseconds(1e6)],
    },
    Figure {
        group: "qr_decode",
        title: "Read it back",
        floor: "inflating the same presentation",
        targets: &[Target::Nanoseconds(1e6)],
    },
];

/// Criterion's estimates of several rounds.
pub struct Rounds {
    folder: PathBuf,
    names: Vec<String>,
}

impl Rounds {
    pub fn new(folder: &Path, rounds: usize) -> Self {
        let names = (1..=rounds).map(|round| format!("round-{round}")).collect();
        Self { folder: folder.to_owned(), names }
    }

    /// Who was measured in this group.
    pub fn competitors(&self, group: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.join(group))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.join(&self.names[0]).is_dir())
            .map(|path| self.title(&path))
            .filter(|name| name != "ours" && name != "floor")
            .collect();
        names.sort();
        names
    }

    /// The name as the bench gives it: folders are named with characters replaced.
    fn title(&self, folder: &Path) -> String {
        let told = self.read(&folder.join(&self.names[0]).join("benchmark.json"));
        told["function_id"].as_str().unwrap().to_owned()
    }

    /// The least time of one iteration over all samples of all rounds, in nanoseconds: what it
    /// takes when nobody else is in the way.
    pub fn time(&self, group: &str, name: &str) -> f64 {
        self.names
            .iter()
            .flat_map(|round| {
                let sample = self.read(&self.folder_of(group, name, round).join("sample.json"));
                let numbers = |member: &str| -> Vec<f64> {
                    serde_json::from_value(sample[member].clone()).unwrap()
                };
                numbers("times").into_iter().zip(numbers("iters"))
            })
            .map(|(time, iterations)| time / iterations)
            .fold(f64::INFINITY, f64::min)
    }

    /// Ratio of the least times.
    pub fn ratio(&self, group: &str, name: &str, to: &str) -> f64 {
        self.time(group, name) / self.time(group, to)
    }

    /// Median of the rounds' ratios of medians: what came of it among neighbours.
    pub fn ratio_among_neighbours(&self, group: &str, name: &str, to: &str) -> f64 {
        let ratios = self
            .names
            .iter()
            .map(|round| self.median_of(group, name, round) / self.median_of(group, to, round));
        median(ratios.collect())
    }

    fn median_of(&self, group: &str, name: &str, round: &str) -> f64 {
        let estimates = self.read(&self.folder_of(group, name, round).join("estimates.json"));
        estimates["median"]["point_estimate"].as_f64().unwrap()
    }

    fn folder_of(&self, group: &str, name: &str, round: &str) -> PathBuf {
        self.folder.join(group).join(name).join(round)
    }

    fn read(&self, file: &Path) -> Value {
        let text = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_slice(&text).unwrap()
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        (values[middle - 1] + values[middle]) / 2.0
    }
}

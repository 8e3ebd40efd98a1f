//! Writes the figures into docs/benchmarks.md, between the two marks: `report CRITERION ROUNDS DOC`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use staff_passport_benches::figures::{FIGURES, Rounds, Target};
use staff_passport_benches::size;

const BEGIN: &str = "<!-- figures of benches/run: begin -->\n";
const END: &str = "<!-- figures of benches/run: end -->\n";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, criterion, rounds, file] = arguments.as_slice() else {
        eprintln!("usage: report CRITERION-FOLDER ROUNDS DOCUMENT");
        std::process::exit(2);
    };
    let rounds: usize = rounds.parse().unwrap();
    let measured = Rounds::new(Path::new(criterion), rounds);
    let mut text = String::new();
    facts(&mut text, rounds);
    speed(&mut text, &measured);
    everyone(&mut text, &measured);
    sizes(&mut text);

    let old = std::fs::read_to_string(file).unwrap_or_else(|_| format!("{BEGIN}{END}"));
    let (before, rest) = old.split_once(BEGIN).expect("the document has the begin mark");
    let (_, after) = rest.split_once(END).expect("the document has the end mark");
    std::fs::write(file, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
}

fn facts(text: &mut String, rounds: usize) {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    writeln!(
        text,
        "\n{} · {} · {model}, {cores} cores · curve25519-dalek on {} · load averages of the last \
         1, 5 and 15 minutes {} · {rounds} rounds",
        output("date", &["--utc", "+%-d %B %Y, %H:%M UTC"]),
        output("rustc", &["--version"]),
        curve_backend(),
        load.join(", "),
    )
    .unwrap();
}

/// What dalek chooses at run time, ours and the floor alike.
fn curve_backend() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        let wide = cfg!(curve25519_dalek_backend = "avx512")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512vl");
        if wide {
            return "avx512ifma";
        }
        if is_x86_feature_detected!("avx2") {
            return "avx2";
        }
    }
    "serial"
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn speed(text: &mut String, measured: &Rounds) {
    text.push_str(
        "\n### Targets\n\n| figure | ours | floor | ours ÷ floor | in the median | \
         target | |\n|---|--:|--:|--:|--:|---|---|\n",
    );
    for figure in &FIGURES {
        let ours = measured.time(figure.group, "ours");
        let floor = measured.time(figure.group, "floor");
        let ratio = measured.ratio(figure.group, "ours", "floor");
        let among = measured.ratio_among_neighbours(figure.group, "ours", "floor");
        let mut targets = Vec::new();
        let mut answers = Vec::new();
        for target in figure.targets {
            let (words, met) = match target {
                Target::Ratio("floor", limit) => (format!("≤ {limit} × floor"), ratio <= *limit),
                Target::Ratio(peer, limit) => {
                    let found = measured.ratio(figure.group, "ours", peer);
                    (format!("≤ {limit} × {peer} (is {found:.2})"), found <= *limit)
                }
                Target::Nanoseconds(limit) => (format!("≤ {}", time(*limit)), ours <= *limit),
            };
            targets.push(words);
            answers.push(if met { "met" } else { "**missed**" });
        }
        writeln!(
            text,
            "| {} | {} | {} | {ratio:.2} | {among:.2} | {} | {} |",
            figure.title,
            time(ours),
            time(floor),
            targets.join("<br>"),
            answers.join("<br>")
        )
        .unwrap();
    }
    text.push_str("\nFloors:\n\n");
    for figure in &FIGURES {
        writeln!(text, "- {}: {}", figure.title, figure.floor).unwrap();
    }
}

fn everyone(text: &mut String, measured: &Rounds) {
    text.push_str(
        "\n### Beside others\n\n| figure | who | time | ours ÷ theirs | in the median |\n",
    );
    text.push_str("|---|---|--:|--:|--:|\n");
    for figure in &FIGURES {
        for name in measured.competitors(figure.group) {
            writeln!(
                text,
                "| {} | {name} | {} | {:.2} | {:.2} |",
                figure.title,
                time(measured.time(figure.group, &name)),
                measured.ratio(figure.group, "ours", &name),
                measured.ratio_among_neighbours(figure.group, "ours", &name)
            )
            .unwrap();
        }
    }
}

fn sizes(text: &mut String) {
    text.push_str("\n### Size\n\n| what | bytes | bound | ratio | target | |\n");
    text.push_str("|---|--:|--:|--:|---|---|\n");
    for (entries, name, target) in [(1 << 20, "2^20", Some(1.35)), (1 << 17, "2^17", None)] {
        let list = size::one_percent(entries);
        let bound = size::entropy_bytes(&list);
        let (packed, tight) = (size::packed_bytes(&list), size::tight_bytes(&list));
        let ratio = tight as f64 / bound;
        writeln!(
            text,
            "| status list of {name} two-bit entries, 1 % set, once it is quiet | {tight} | \
             {bound:.0} (entropy) | {ratio:.2} | {} | {} |\n\
             | the same at once after a change | {packed} | | {:.2} | | |",
            target.map_or(String::new(), |limit: f64| format!("≤ {limit} × entropy")),
            target.map_or("", |limit| met(ratio <= limit)),
            packed as f64 / bound,
        )
        .unwrap();
    }
    let nurse = size::sample_nurse();
    writeln!(
        text,
        "| QR code of the sample nurse ({} characters as SD-JWT+KB), version {}-L | {} | | | \
         ≤ 600, version ≤ 18 | {} |",
        nurse.presentation_chars,
        nurse.version,
        nurse.bytes,
        met(nurse.bytes <= 600 && nurse.version <= 18)
    )
    .unwrap();
    let filled = size::filled_nurses();
    let all: Vec<String> = filled.iter().map(|code| code.bytes.to_string()).collect();
    let worst = filled.iter().max_by_key(|code| code.bytes).unwrap();
    writeln!(
        text,
        "| worst of ten filled nurses ({}), version {}-L | {} | | | ≤ 900 | {} |",
        all.join(", "),
        worst.version,
        worst.bytes,
        met(worst.bytes <= 900)
    )
    .unwrap();
    text.push('\n');
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.1} ns"),
        ns if ns < 1e6 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.2} ms", ns / 1e6),
    }
}

//! Generated and mutated tokens judged by `vc` and by three other code bases; every class of
//! disagreement must stand in `explained.toml`. Run it by `./run`.

mod draft;
mod explained;
mod judges;
mod keys;
mod kinds;
mod shape;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use crate::explained::{Explained, Theirs};
use crate::judges::{Answer, Ours, PANICKED, Worker, same};
use crate::kinds::{Case, Expect};

const BATCH: u64 = 4000;
const NPM: &str = "npm";
const PYPI: &str = "pypi";
const CRATE: &str = "crate";
const PEERS: [&str; 3] = [NPM, PYPI, CRATE];

/// How often, and the shortest token of the class.
#[derive(Default)]
struct Class {
    count: u64,
    token: String,
    ours: String,
    theirs: String,
}

#[derive(Default)]
struct Tally {
    classes: BTreeMap<(usize, &'static str, Theirs), Class>,
    /// Where the standard decides and we decide otherwise.
    ours_wrong: BTreeMap<usize, Class>,
    accepted: BTreeMap<&'static str, u64>,
    accepted_by_us: u64,
    panics: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, seed, date, python, docs] = arguments.as_slice() else {
        panic!("COUNT SEED DATE PYTHON DOCS; run it by ./run")
    };
    let (count, seed): (u64, u64) =
        (count.parse().expect("COUNT is a number"), seed.parse().expect("SEED is a number"));
    println!("seed {seed}");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(folder.join("explained.toml")).expect("explained.toml");
    let explained: Explained = toml::from_str(&text).expect("explained.toml is as it should be");
    // Panics of sd-jwt-rs are answers here
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.location().is_some_and(|place| {
            place.file().contains("differential/src") || place.file().starts_with("src/")
        }) {
            usual(info);
        }
    }));

    let kinds = kinds::all();
    let ours = Ours::new();
    let mut npm = Worker::start("node".as_ref(), &folder.join("peer.mjs"));
    let mut pypi = [0, 1].map(|_| Worker::start(python.as_ref(), &folder.join("peer.py")));
    let mut tally = Tally::default();
    let mut done = 0;
    while done < count {
        let end = count.min(done + BATCH);
        let cases: Vec<Case> = (done..end)
            .map(|number| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(number);
                let kind = usize::try_from(number).expect("64 bits") % kinds.len();
                kinds::make(&kinds, kind, &mut rng)
            })
            .collect();
        let answers = judge_all(&cases, &ours, &mut npm, &mut pypi);
        for (case, answers) in cases.iter().zip(answers) {
            tally.add(&kinds, case, answers);
        }
        done = end;
        eprintln!("{done} of {count}");
    }
    drop((npm, pypi));

    std::fs::write(docs, tally.document(&kinds, &explained, count, seed, date)).expect("written");
    tally.stale(&kinds, &explained);
    if tally.faults(&kinds, &explained) > 0 {
        std::process::exit(1);
    }
    println!(
        "{count} tokens, {} kinds, {} classes, all explained",
        kinds.len(),
        tally.classes.len()
    );
}

/// Ours first, then [`PEERS`] in their order.
fn judge_all(
    cases: &[Case],
    ours: &Ours,
    npm: &mut Worker,
    pypi: &mut [Worker; 2],
) -> Vec<[Answer; 4]> {
    let list = ours.list_token.as_str();
    let (left, right) = cases.split_at(cases.len() / 2);
    let [first, second] = pypi;
    std::thread::scope(|scope| {
        let npm = scope.spawn(|| npm.judge(cases, list));
        let first = scope.spawn(|| first.judge(left, list));
        let second = scope.spawn(|| second.judge(right, list));
        let here: Vec<(Answer, Answer)> =
            cases.iter().map(|case| (ours.judge(case), judges::sd_jwt_rs(case))).collect();
        let mut pypi = first.join().expect("python answers");
        pypi.extend(second.join().expect("python answers"));
        let npm = npm.join().expect("node answers");
        here.into_iter()
            .zip(npm)
            .zip(pypi)
            .map(|(((ours, rust), npm), pypi)| [ours, npm, pypi, rust])
            .collect()
    })
}

impl Tally {
    fn add(&mut self, kinds: &[kinds::Kind], case: &Case, [ours, npm, pypi, rust]: [Answer; 4]) {
        self.accepted_by_us += u64::from(ours.is_ok());
        let wrong = match kinds[case.kind].expect {
            Expect::Valid => ours.is_err(),
            Expect::Invalid => ours.is_ok(),
            Expect::Open => false,
        };
        if wrong {
            self.ours_wrong.entry(case.kind).or_default().add(case, &ours, &ours);
        }
        self.panics += u64::from(rust.as_ref().is_err_and(|words| words == PANICKED));
        for (peer, theirs) in PEERS.into_iter().zip([npm, pypi, rust]) {
            *self.accepted.entry(peer).or_default() += u64::from(theirs.is_ok());
            let difference = match (&ours, &theirs) {
                (Ok(ours), Ok(theirs)) if !same(ours, theirs) => Theirs::ReadsOtherClaims,
                (Ok(_), Err(_)) => Theirs::Refuses,
                (Err(_), Ok(_)) => Theirs::Accepts,
                (Ok(_), Ok(_)) | (Err(_), Err(_)) => continue,
            };
            let class = self.classes.entry((case.kind, peer, difference)).or_default();
            class.add(case, &ours, &theirs);
        }
    }

    /// Prints what nobody explained and what we decide wrongly.
    fn faults(&self, kinds: &[kinds::Kind], explained: &Explained) -> usize {
        let mut faults = 0;
        for (kind, class) in &self.ours_wrong {
            faults += 1;
            println!("OURS IS WRONG on {:?}, {} times", kinds[*kind].name, class.count);
            println!("  ours: {}\n  token: {}", class.ours, class.token);
        }
        for ((kind, peer, theirs), class) in &self.classes {
            if explained.find(kinds[*kind].name, peer, *theirs).is_none() {
                faults += 1;
                let name = kinds[*kind].name;
                println!("UNEXPLAINED: {name:?}: {peer} {}, {} times", theirs.words(), class.count);
                println!("  ours:   {}\n  theirs: {}", class.ours, class.theirs);
                println!("  token:  {}", class.token);
            }
        }
        faults
    }

    /// Says which explanations this run had no use for.
    fn stale(&self, kinds: &[kinds::Kind], explained: &Explained) {
        for entry in &explained.explained {
            for (kind, peer) in
                entry.kinds.iter().flat_map(|kind| entry.peers.iter().map(move |peer| (kind, peer)))
            {
                let seen = self.classes.keys().any(|(place, known, theirs)| {
                    kinds[*place].name == kind && known == peer && *theirs == entry.theirs
                });
                if !seen {
                    println!("not seen: {kind:?}: {peer} {}", entry.theirs.words());
                }
            }
        }
    }

    fn document(
        &self,
        kinds: &[kinds::Kind],
        explained: &Explained,
        count: u64,
        seed: u64,
        date: &str,
    ) -> String {
        let mut page = String::from(include_str!("../preface.md"));
        let of = |expect| kinds.iter().filter(|kind| kind.expect == expect).count();
        let per_kind = count / kinds.len() as u64;
        let _ = write!(
            page,
            "\n## The run of {date}\n\n{count} tokens, seed {seed}, {} kinds with about {per_kind} \
             tokens each: {} hold, {} are invalid, {} are left open by the standards. `vc` refused \
             every invalid one and accepted every one that holds{}.\n\n| | accepts |\n|---|---:|\n\
             | `vc` | {} |\n",
            kinds.len(),
            of(Expect::Valid),
            of(Expect::Invalid),
            of(Expect::Open),
            if self.ours_wrong.is_empty() { "" } else { ", EXCEPT THOSE THAT THE RUN PRINTED" },
            self.accepted_by_us,
        );
        for peer in PEERS {
            let _ = writeln!(page, "| {peer} | {} |", self.accepted.get(peer).unwrap_or(&0));
        }
        let _ = write!(
            page,
            "\n`sd-jwt-rs` panicked on {} tokens; each counts as a refusal.\n\n## Disagreements\n\n",
            self.panics
        );
        for (number, entry) in explained.explained.iter().enumerate() {
            let _ = write!(page, "**{}. {}** ({})\n\n", number + 1, entry.reason, entry.section);
            page.push_str("| kind | who | does | tokens |\n|---|---|---|---:|\n");
            for ((kind, peer, theirs), class) in &self.classes {
                let name = kinds[*kind].name;
                if explained.find(name, peer, *theirs).is_some_and(|one| std::ptr::eq(one, entry)) {
                    let _ = writeln!(
                        page,
                        "| {name} | {peer} | {} | {} |",
                        theirs.words(),
                        class.count
                    );
                }
            }
            page.push('\n');
        }
        page
    }
}

impl Class {
    fn add(&mut self, case: &Case, ours: &Answer, theirs: &Answer) {
        self.count += 1;
        if self.token.is_empty() || case.text.len() < self.token.len() {
            let words = |answer: &Answer| match answer {
                Ok(claims) => format!("accepts {claims}").chars().take(600).collect(),
                Err(words) => format!("refuses: {words}"),
            };
            self.token.clone_from(&case.text);
            self.ours = words(ours);
            self.theirs = words(theirs);
        }
    }
}

//! The main job, once through, told as a story; then the services stay up to play with.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a demonstration that stops at the first surprise"
)]

mod story;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut exit = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--exit" => exit = true,
            other => {
                eprintln!("unknown option {other}; the only one is --exit");
                return ExitCode::from(2);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(story::tell(exit))
}

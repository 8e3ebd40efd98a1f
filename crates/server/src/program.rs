//! How a program of ours ends.

use std::error::Error;
use std::process::ExitCode;

/// Prints what the program gives on standard output, or why it stops on standard error.
pub fn finish<E: Error>(name: &str, result: Result<String, E>) -> ExitCode {
    match result {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{name}: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes as one sentence.
pub fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence.push_str(&format!(": {error}"));
        cause = error.source();
    }
    sentence
}

//! The person at the terminal: what is said, what is asked.

use std::io::{self, BufRead, IsTerminal, Write};

use keys::Secret;

/// Environment variable that holds the passphrase for scripts.
pub const PASSPHRASE_VARIABLE: &str = "WALLET_PASSPHRASE";

/// Standard output for what was asked for, standard error for everything else.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    interactive: bool,
}

impl Console {
    /// Finds out whether somebody is there to answer.
    pub fn open() -> Self {
        Self { interactive: io::stdin().is_terminal() && io::stderr().is_terminal() }
    }

    /// Whether somebody is there to answer.
    pub fn is_interactive(self) -> bool {
        self.interactive
    }

    /// Whether standard output is a terminal.
    pub fn draws(self) -> bool {
        io::stdout().is_terminal()
    }

    /// What was asked for. A closed pipe is nobody's fault.
    pub fn print(self, text: &str) {
        let mut out = io::stdout().lock();
        let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// News and warnings.
    pub fn tell(self, text: &str) {
        let mut out = io::stderr().lock();
        let _closed = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
    }

    /// A yes or no; `option` is what a script says instead.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub fn confirm(self, question: &str, option: &'static str) -> Result<bool, ConsoleError> {
        let answer = self.ask(&format!("{question} [yes/no]"), option)?;
        Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
    }

    /// One line; `option` is what a script says instead.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub fn ask(self, question: &str, option: &'static str) -> Result<String, ConsoleError> {
        if !self.interactive {
            return Err(ConsoleError::NobodyThere(option));
        }
        let mut out = io::stderr().lock();
        let _closed = write!(out, "{question} ").and_then(|()| out.flush());
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(ConsoleError::Io)?;
        Ok(line.trim().to_owned())
    }

    /// The passphrase: from the environment, else typed without echo.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub fn passphrase(self) -> Result<Secret, ConsoleError> {
        match std::env::var(PASSPHRASE_VARIABLE) {
            Ok(passphrase) => Ok(Secret::new(passphrase)),
            Err(_) => self.type_secret("Passphrase of your wallet: "),
        }
    }

    /// A new passphrase, typed twice when it is typed.
    ///
    /// # Errors
    /// [`ConsoleError`].
    pub fn new_passphrase(self) -> Result<Secret, ConsoleError> {
        if let Ok(passphrase) = std::env::var(PASSPHRASE_VARIABLE) {
            return Ok(Secret::new(passphrase));
        }
        let first = self.type_secret("New passphrase for your wallet: ")?;
        let second = self.type_secret("The same again: ")?;
        match first.expose() == second.expose() {
            true => Ok(first),
            false => Err(ConsoleError::PassphrasesDiffer),
        }
    }

    fn type_secret(self, question: &str) -> Result<Secret, ConsoleError> {
        if !self.interactive {
            return Err(ConsoleError::NobodyThere(PASSPHRASE_VARIABLE));
        }
        rpassword::prompt_password(question).map(Secret::new).map_err(ConsoleError::Io)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Nobody is there to ask; what a script must give instead.
    #[error("nobody there to ask: {0} is missing")]
    NobodyThere(&'static str),
    /// The answer was no.
    #[error("declined")]
    Declined,
    /// Two different passphrases were typed.
    #[error("two different passphrases")]
    PassphrasesDiffer,
    /// The terminal failed.
    #[error("terminal")]
    Io(#[source] io::Error),
}

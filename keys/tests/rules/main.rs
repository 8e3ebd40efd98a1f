//! The rules of keys, each as a test.

#[cfg(test)]
mod program;
#[cfg(test)]
mod ring;
#[cfg(test)]
mod sealing;

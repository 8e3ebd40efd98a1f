//! The rules of keys, each as a test.

#[cfg(test)]
mod canary;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod jwe;
#[cfg(test)]
mod oid4vp;
#[cfg(test)]
mod program;
#[cfg(test)]
mod ring;
#[cfg(test)]
mod sealing;
#[cfg(test)]
mod vectors;

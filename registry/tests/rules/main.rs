//! The rules of the registry program, each as a test.

#[cfg(test)]
mod network;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod working_file;

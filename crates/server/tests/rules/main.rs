//! The rules of what the services share, each as a test.

#[cfg(test)]
mod config;
#[cfg(test)]
mod control;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod durable;
#[cfg(test)]
mod forgery;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod json;
#[cfg(test)]
mod oidc;
#[cfg(test)]
mod people;
#[cfg(test)]
#[cfg(test)]
mod serving;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod site;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod tokens;

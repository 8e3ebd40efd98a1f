//! The verifier through its real router, with a registry and an issuer on loopback.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod network;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod status;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod trust;
#[cfg(test)]
mod world;

//! The issuer's real router in process, with a clock moved by hand and a wallet made of `vc`.

#[cfg(test)]
mod account;
#[cfg(test)]
mod attestation;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod authorize;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod client;
#[cfg(test)]
mod confirm_key;
#[cfg(test)]
mod content;
#[cfg(test)]
mod credential;
#[cfg(test)]
mod downloads;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod encryption;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod events;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod life;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod movements;
#[cfg(test)]
mod notification;
#[cfg(test)]
mod offer;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod passports_create;
#[cfg(test)]
mod passports_read;
#[cfg(test)]
mod passports_revoke;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod queues;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod status;
#[cfg(test)]
mod status_forms;
#[cfg(test)]
mod status_scale;
#[cfg(test)]
mod token;
#[cfg(test)]
mod world;

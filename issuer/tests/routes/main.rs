//! The issuer's real router in process, with a clock moved by hand and a wallet made of `vc`.

mod credential;
mod metadata;
mod offer;
mod passports_create;
mod passports_read;
mod passports_revoke;
mod privacy;
mod status;
mod token;
mod world;

//! Messages of OpenID for Verifiable Credential Issuance 1.0, for issuer and wallet, without HTTP.

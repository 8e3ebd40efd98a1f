//! TLS 1.2 and 1.3 by rustls.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::{ServeError, Tls};

pub(super) fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ServeError> {
    let chain = CertificateDer::pem_file_iter(&tls.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unusable(&tls.cert))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(unusable(&tls.key))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| ServeError::Tls(format!("the certificate cannot be used: {error}")))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn unusable(file: &Path) -> impl Fn(Error) -> ServeError {
    move |error| ServeError::Tls(format!("{}: {error}", file.display()))
}

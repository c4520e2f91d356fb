//! TLS over a connection to PostgreSQL, as libpq's `sslmode` says: `require` encrypts whoever answers, `verify-ca` wants a certificate that
//! is signed, and `verify-full` one that is the host's.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::error::PostgresError;
use super::target::{Encryption, Target};

/// Encrypts a connection whose server has agreed to it.
pub(super) async fn encrypt(
    socket: TcpStream,
    host: &str,
    target: &Target,
) -> Result<TlsStream<TcpStream>, PostgresError> {
    let config = config(target)?;
    let name = ServerName::try_from(host.to_owned()).map_err(failed)?;
    let connected = TlsConnector::from(Arc::new(config)).connect(name, socket).await;
    connected.map_err(
        |error| match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(refused) => PostgresError::Tls(refused.to_string()),
            None => PostgresError::Io(error),
        },
    )
}

fn failed(error: impl std::fmt::Display) -> PostgresError {
    PostgresError::Tls(error.to_string())
}

fn config(target: &Target) -> Result<ClientConfig, PostgresError> {
    let provider = Arc::new(ring::default_provider());
    let signed = match target.encryption {
        Encryption::VerifyCa | Encryption::VerifyFull => {
            let roots = Arc::new(roots(target.root_certificate.as_deref())?);
            let signed = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
            Some(signed.build().map_err(failed)?)
        }
        _ => None,
    };
    let verifier = Verifier {
        provider: Arc::clone(&provider),
        signed,
        is_host: target.encryption == Encryption::VerifyFull,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match &target.certificate {
        Some((certificate, key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("key", key, &error))?;
            config
                .with_client_auth_cert(certificates(certificate)?, key)
                .map_err(failed)
        }
        None => Ok(config.with_no_client_auth()),
    }
}

/// The certificates of a file, or those that the system trusts (with `SSL_CERT_FILE` and `SSL_CERT_DIR`).
fn roots(file: Option<&Path>) -> Result<RootCertStore, PostgresError> {
    let certificates = match file {
        Some(file) => certificates(file)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates);
    if store.is_empty() {
        return Err(failed("there is no certificate to trust; name one with sslrootcert"));
    }
    Ok(store)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, PostgresError> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    read.map_err(|error| unreadable("certificate", file, &error))
}

fn unreadable(what: &str, file: &Path, error: &rustls::pki_types::pem::Error) -> PostgresError {
    PostgresError::Tls(format!("the {what} {} cannot be read: {error}", file.display()))
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    /// Looks at who signed the certificate; whoever answers is taken without it.
    signed: Option<Arc<WebPkiServerVerifier>>,
    /// The certificate must be the host's own, too.
    is_host: bool,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(signed) = &self.signed else {
            return Ok(ServerCertVerified::assertion());
        };
        match signed.verify_server_cert(certificate, between, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.is_host => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

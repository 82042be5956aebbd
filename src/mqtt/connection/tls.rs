//! Certificates and keys of an encrypted connection, and in words why there is none.
//!
//! Never trusts a broker that cannot prove who it is: there is no setting for that.

use std::{error::Error, fs, io, path::Path, sync::Arc};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};

use super::super::settings::{Tls, TlsVersion};

/// The bundle of all authorities of a system has some 250 KiB; a larger file is something else.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Reads all files that are named, and says what is wrong with them.
pub(in crate::mqtt) fn check(tls: &Tls) -> Result<(), String> {
    let authorities = tls.ca.as_deref().map_or(Ok(RootCertStore::empty()), authorities)?;
    server_name(tls)?;
    with(tls, Arc::new(authorities)).map(drop)
}

/// All that a connection needs. Reads files.
pub(super) fn config(tls: &Tls) -> Result<Arc<ClientConfig>, String> {
    let authorities = Arc::new(tls.ca.as_deref().map_or_else(system, authorities)?);
    let mut config = with(tls, authorities.clone())?;
    if let Some(name) = server_name(tls)? {
        let provider = Arc::new(ring::default_provider());
        let inner = WebPkiServerVerifier::builder_with_provider(authorities, provider)
            .build()
            .map_err(|error| format!("no broker can be trusted: {error}"))?;
        config.dangerous().set_certificate_verifier(Arc::new(Named { inner, name }));
    }
    Ok(Arc::new(config))
}

fn with(tls: &Tls, authorities: Arc<RootCertStore>) -> Result<ClientConfig, String> {
    let versions: &[_] = match tls.minimum {
        TlsVersion::V12 => &[&rustls::version::TLS12, &rustls::version::TLS13],
        TlsVersion::V13 => &[&rustls::version::TLS13],
    };
    // Named here and not taken from the process: who else encrypts in it may choose its own.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(|error| format!("TLS cannot be used: {error}"))?
        .with_root_certificates(authorities);
    match (&tls.certificate, &tls.key) {
        (None, None) => Ok(builder.with_no_client_auth()),
        (Some(certificate), Some(key)) => {
            let (own, secret) = (certificates(certificate)?, private_key(key)?);
            builder.with_client_auth_cert(own, secret).map_err(|error| {
                let (certificate, key) = (certificate.display(), key.display());
                format!("the key in `{key}` is not that of the certificate in `{certificate}`: {error}")
            })
        }
        (Some(_), None) => Err("`certificate` needs its `key`: name the files of both".to_owned()),
        (None, Some(_)) => Err("`key` needs its `certificate`: name the files of both".to_owned()),
    }
}

fn server_name(tls: &Tls) -> Result<Option<ServerName<'static>>, String> {
    let Some(name) = &tls.server_name else { return Ok(None) };
    let wrong = |_| "`server_name` is no host name: write it as in the broker's certificate".to_owned();
    ServerName::try_from(name.clone()).map(Some).map_err(wrong)
}

fn authorities(file: &Path) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(file)? {
        store.add(certificate).map_err(|error| {
            format!("`{}` has a certificate that is no authority's: {error}", file.display())
        })?;
    }
    Ok(store)
}

fn system() -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    // Some systems carry one that nobody can read; the others count.
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        let hint = "install `ca-certificates`, or name the broker's authority in `ca`";
        return Err(format!("this system trusts no certificate authority: {hint}"));
    }
    Ok(store)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let content = content(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&content).collect();
    let found = found.map_err(|error| format!("`{}` is no PEM file: {error}", file.display()))?;
    if found.is_empty() {
        let hint = "a text file with `BEGIN CERTIFICATE` is needed";
        return Err(format!("`{}` holds no certificate: {hint}", file.display()));
    }
    Ok(found)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    // The error might repeat what it read.
    PrivateKeyDer::from_pem_slice(&content(file)?).map_err(|_| {
        let hint = "a text file with `BEGIN PRIVATE KEY` is needed, without a passphrase";
        format!("`{}` holds no key: {hint}", file.display())
    })
}

fn content(file: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: io::Error| format!("`{}` cannot be read: {error}", file.display());
    let bytes = fs::metadata(file).map_err(unreadable)?.len();
    if bytes > FILE_BYTES {
        return Err(format!("`{}` has {bytes} bytes: this is no certificate or key", file.display()));
    }
    fs::read(file).map_err(unreadable)
}

/// Checks a certificate for a name of its own, whatever host is called.
#[derive(Debug)]
struct Named {
    inner: Arc<WebPkiServerVerifier>,
    name: ServerName<'static>,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        _host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.inner.verify_server_cert(own, between, &self.name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// What TLS has against a connection, if an error is about that.
pub(super) fn fault(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(fault) = error.downcast_ref::<rustls::Error>() {
            return Some(words(fault));
        }
        // An I/O error leaves what it carries out of the chain of its sources.
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = carried.map(|carried| carried as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

/// Words for a failure in which TLS itself had nothing to say.
pub(super) fn unexplained(error: &rumqttc::TlsError) -> String {
    match error {
        rumqttc::TlsError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            "it closed the connection instead of speaking TLS: is this its port for TLS".to_owned()
        }
        rumqttc::TlsError::Io(error) => format!("it broke off ({error}): is this its port for TLS"),
        rumqttc::TlsError::DNSName(_) => {
            "no certificate can be for the host in `url`: use a host name or address that it has".to_owned()
        }
        other => other.to_string(),
    }
}

fn words(fault: &rustls::Error) -> String {
    match fault {
        rustls::Error::InvalidCertificate(wrong) => certificate_words(wrong),
        rustls::Error::AlertReceived(alert) => alert_words(*alert),
        rustls::Error::InvalidMessage(_) | rustls::Error::InappropriateMessage { .. } => {
            "it does not speak TLS there: is this its plain port (`mqtt://` or `ws://`)".to_owned()
        }
        rustls::Error::PeerIncompatible(why) => {
            format!("it knows no version or cipher of TLS that we may use ({why:?}): see `min_tls`")
        }
        other => other.to_string(),
    }
}

fn certificate_words(wrong: &CertificateError) -> String {
    match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired: renew it there, and look at this host's clock".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet: is this host's clock right".to_owned()
        }
        // An authority that was made anew under its old name signs otherwise.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is of an authority that is not trusted here: name that authority's file in `ca`"
                .to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name: use that name in `url`, or write it into `server_name`"
                .to_owned()
        }
        other => {
            format!("its certificate is not valid: {}", rustls::Error::InvalidCertificate(other.clone()))
        }
    }
}

fn alert_words(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => {
            "it does not speak the version of TLS that we want: see `min_tls`".to_owned()
        }
        AlertDescription::CertificateRequired | AlertDescription::HandshakeFailure => {
            format!("it wants a certificate of ours ({alert:?}): name `certificate` and `key`")
        }
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::CertificateExpired
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnknownCA
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => {
            format!(
                "it does not accept our certificate ({alert:?}): are `certificate` and `key` those that it knows"
            )
        }
        other => format!("it broke off ({other:?})"),
    }
}

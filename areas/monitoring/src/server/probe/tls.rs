//! Reads a server's certificate. An invalid chain is reported, not refused: what is asked is when it expires.

use super::{super::reach::Reach, Seen, connect, short};
use crate::check::Outcome;
use kernel::Timestamp;
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio_rustls::TlsConnector;

/// The system's trusted roots, read once; an empty store makes every chain invalid, which is reported as such.
static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Arc::new(roots)
});

/// Takes every certificate and remembers what was wrong with it.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    strict: Option<Arc<WebPkiServerVerifier>>,
    wrong: Mutex<Option<String>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let wrong = match &self.strict {
            Some(strict) => strict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).err().map(|error| error.to_string()),
            None => Some("this machine trusts no certificate authority".to_owned()),
        };
        *self.wrong.lock().unwrap_or_else(PoisonError::into_inner) = wrong;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(&self, message: &[u8], cert: &CertificateDer<'_>, dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(&self, message: &[u8], cert: &CertificateDer<'_>, dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

pub(super) async fn probe(reach: Reach, host: &str, port: u16, warn_days: u32, now: Timestamp) -> Seen {
    let addresses = match reach.resolve(host, port).await {
        Ok(addresses) => addresses,
        Err(why) => return why.into(),
    };
    let Ok(name) = ServerName::try_from(host.to_owned()) else { return Seen::fails("unknown_host", None) };
    let provider = Arc::new(ring::default_provider());
    let strict = WebPkiServerVerifier::builder_with_provider(ROOTS.clone(), provider.clone()).build().ok();
    let lenient = Arc::new(Lenient { provider: provider.clone(), strict, wrong: Mutex::new(None) });
    let config = match ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions() {
        Ok(builder) => builder.dangerous().with_custom_certificate_verifier(lenient.clone()).with_no_client_auth(),
        Err(error) => return Seen::fails("tls", Some(short(error))),
    };
    let begun = Instant::now();
    let stream = match connect(&addresses).await {
        Ok(stream) => stream,
        Err(seen) => return seen,
    };
    let stream = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => stream,
        Err(error) => return Seen::fails("tls", Some(short(error))),
    };
    let took = begun.elapsed();
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned();
    let Some(expires) = certificate.as_deref().and_then(expiry) else { return Seen::fails("tls", Some("no certificate was shown".to_owned())) };
    let wrong = lenient.wrong.lock().unwrap_or_else(PoisonError::into_inner).take();
    judge(expires, wrong, warn_days, now, took)
}

fn expiry(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    Some(Timestamp::from_seconds(certificate.validity().not_after.timestamp()))
}

/// Expired is a failure; about to expire, or a chain that browsers would not trust, a warning.
fn judge(expires: Timestamp, wrong: Option<String>, warn_days: u32, now: Timestamp, took: Duration) -> Seen {
    const DAY: u64 = 86_400;
    let left = expires.since(now).as_secs() / DAY;
    let seen = Seen { certificate_expires: Some(expires), ..Seen::fine(took) };
    if expires <= now {
        return Seen { outcome: Outcome::Fails, problem: Some("certificate_expired"), detail: Some(expires.to_string()), ..seen };
    }
    if left < u64::from(warn_days) {
        return Seen { outcome: Outcome::Warns, problem: Some("certificate_expires"), detail: Some(left.to_string()), ..seen };
    }
    match wrong {
        Some(wrong) => Seen { outcome: Outcome::Warns, problem: Some("tls"), detail: Some(short(wrong)), ..seen },
        None => seen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_by_the_days_that_are_left() {
        let now = Timestamp::from_seconds(1_000_000_000);
        let in_days = |days: u64| now.plus(Duration::from_secs(days * 86_400));
        let judged = |expires, wrong: Option<&str>| {
            let seen = judge(expires, wrong.map(str::to_owned), 14, now, Duration::ZERO);
            (seen.outcome, seen.problem, seen.detail)
        };
        assert_eq!(judged(in_days(90), None), (Outcome::Fine, None, None));
        assert_eq!(judged(in_days(14), None), (Outcome::Fine, None, None));
        assert_eq!(judged(in_days(13), None), (Outcome::Warns, Some("certificate_expires"), Some("13".into())));
        assert_eq!(judged(now, None).1, Some("certificate_expired"));
        assert_eq!(judged(in_days(90), Some("self-signed")), (Outcome::Warns, Some("tls"), Some("self-signed".into())));
    }
}

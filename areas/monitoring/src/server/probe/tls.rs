//! Reads a server's certificate. An invalid chain is reported, not refused: what is asked is when it expires.

use super::{super::reach::Reach, Seen, connect, short};
use crate::{check::Outcome, encryption::TlsProblem};
use kernel::Timestamp;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{
    io::{self, ErrorKind},
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

/// What is wrong with an encrypted connection, and what there is to add: a day, or what the machine said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub problem: TlsProblem,
    pub detail: Option<String>,
}

impl Wrong {
    const fn plain(problem: TlsProblem) -> Self {
        Self { problem, detail: None }
    }

    fn day(problem: TlsProblem, at: UnixTime) -> Self {
        let at = i64::try_from(at.as_secs()).ok().map(Timestamp::from_seconds);
        Self { problem, detail: at.map(|at| at.to_string()) }
    }

    /// With the machine's own words, where ours say too little.
    pub(super) fn said(problem: TlsProblem, error: impl ToString) -> Self {
        Self { problem, detail: Some(short(error)) }
    }
}

impl From<&rustls::Error> for Wrong {
    fn from(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(certificate) => certificate_trouble(certificate, error),
            // A server that answers a greeting with plain text, or in no order that TLS knows.
            rustls::Error::InvalidMessage(_) => Self::plain(TlsProblem::NotEncrypted),
            rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_) | rustls::Error::NoCertificatesPresented => Self::plain(TlsProblem::HandshakeRefused),
            // The library names more with every version.
            _ => Self::said(TlsProblem::Other, error),
        }
    }
}

fn certificate_trouble(certificate: &CertificateError, error: &rustls::Error) -> Wrong {
    match certificate {
        CertificateError::ExpiredContext { not_after, .. } => Wrong::day(TlsProblem::Expired, *not_after),
        CertificateError::Expired => Wrong::plain(TlsProblem::Expired),
        CertificateError::NotValidYetContext { not_before, .. } => Wrong::day(TlsProblem::NotYetValid, *not_before),
        CertificateError::NotValidYet => Wrong::plain(TlsProblem::NotYetValid),
        CertificateError::UnknownIssuer => Wrong::plain(TlsProblem::Untrusted),
        // Self-signed ones are mostly made as authorities of their own, which the verifier refuses before it looks for another.
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => Wrong::plain(TlsProblem::Untrusted),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Wrong::plain(TlsProblem::OtherName),
        CertificateError::Revoked => Wrong::plain(TlsProblem::Revoked),
        _ => Wrong::said(TlsProblem::Invalid, error),
    }
}

/// What befell the greeting: what TLS says of it, or a server that only hung up.
pub(super) fn handshake_trouble(error: &io::Error) -> Wrong {
    match tls_in(error) {
        Some(tls) => tls.into(),
        None if hung_up(error) => Wrong::plain(TlsProblem::HandshakeRefused),
        None => Wrong::said(TlsProblem::Other, error),
    }
}

/// Whether the other side ended the connection, however often that was wrapped.
pub(super) fn hung_up(error: &io::Error) -> bool {
    let ended = matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe);
    ended || error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()).is_some_and(hung_up)
}

/// What the encryption says, however often it was wrapped.
pub(super) fn tls_in(io: &io::Error) -> Option<&rustls::Error> {
    let inner = io.get_ref()?;
    inner.downcast_ref::<rustls::Error>().or_else(|| inner.downcast_ref::<io::Error>().and_then(tls_in))
}

impl Seen {
    /// No connection came of it.
    pub(super) fn not_encrypted(wrong: Wrong) -> Self {
        Self::fails(wrong.problem.code(), wrong.detail)
    }
}

/// Takes every certificate and remembers what was wrong with it.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    strict: Option<Arc<WebPkiServerVerifier>>,
    wrong: Mutex<Option<Wrong>>,
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
            Some(strict) => strict.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).err().map(|error| Wrong::from(&error)),
            // This machine trusts no authority at all.
            None => Some(Wrong::plain(TlsProblem::Untrusted)),
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
        Err(error) => return Seen::not_encrypted(Wrong::from(&error)),
    };
    let begun = Instant::now();
    let stream = match connect(&addresses).await {
        Ok(stream) => stream,
        Err(seen) => return seen,
    };
    let stream = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => stream,
        Err(error) => return Seen::not_encrypted(handshake_trouble(&error)),
    };
    let took = begun.elapsed();
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).cloned();
    let Some(expires) = certificate.as_deref().and_then(expiry) else { return Seen::not_encrypted(Wrong::plain(TlsProblem::Invalid)) };
    let wrong = lenient.wrong.lock().unwrap_or_else(PoisonError::into_inner).take();
    judge(expires, wrong, warn_days, now, took)
}

fn expiry(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    Some(Timestamp::from_seconds(certificate.validity().not_after.timestamp()))
}

/// Expired is a failure; about to expire, or a chain that browsers would not trust, a warning.
fn judge(expires: Timestamp, wrong: Option<Wrong>, warn_days: u32, now: Timestamp, took: Duration) -> Seen {
    const DAY: u64 = 86_400;
    let left = expires.since(now).as_secs() / DAY;
    let seen = Seen { certificate_expires: Some(expires), ..Seen::fine(took) };
    if expires <= now {
        return Seen { outcome: Outcome::Fails, problem: Some(TlsProblem::Expired.code()), detail: Some(expires.to_string()), ..seen };
    }
    if left < u64::from(warn_days) {
        return Seen { outcome: Outcome::Warns, problem: Some("certificate_expires"), detail: Some(left.to_string()), ..seen };
    }
    match wrong {
        // Its own time is not over: it is one of those above it that is too old to be trusted.
        Some(Wrong { problem: TlsProblem::Expired, .. }) => Seen { outcome: Outcome::Warns, problem: Some(TlsProblem::Untrusted.code()), ..seen },
        Some(Wrong { problem, detail }) => Seen { outcome: Outcome::Warns, problem: Some(problem.code()), detail, ..seen },
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
        let judged = |expires, wrong: Option<TlsProblem>| {
            let seen = judge(expires, wrong.map(Wrong::plain), 14, now, Duration::ZERO);
            (seen.outcome, seen.problem, seen.detail)
        };
        assert_eq!(judged(in_days(90), None), (Outcome::Fine, None, None));
        assert_eq!(judged(in_days(14), None), (Outcome::Fine, None, None));
        assert_eq!(judged(in_days(13), None), (Outcome::Warns, Some("certificate_expires"), Some("13".into())));
        assert_eq!(judged(now, None).1, Some("certificate_expired"));
        assert_eq!(judged(in_days(90), Some(TlsProblem::Untrusted)), (Outcome::Warns, Some("certificate_untrusted"), None));
        assert_eq!(judged(in_days(90), Some(TlsProblem::Expired)), (Outcome::Warns, Some("certificate_untrusted"), None), "one above it is too old");
        assert_eq!(judged(now, Some(TlsProblem::OtherName)).1, Some("certificate_expired"));
    }

    /// What is wrong with the certificate of `shop.test`, which is valid in February 2026.
    fn verified(trusted: bool, host: &'static str, at: &str) -> Option<Wrong> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from(include_bytes!("../../../tests/certificates/authority.der").as_slice());
        let stranger = CertificateDer::from(include_bytes!("../../../tests/it/self-signed.cert.der").as_slice());
        roots.add(if trusted { authority } else { stranger }).expect("it can be read");
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider())).build().expect("there is a root");
        let leaf = CertificateDer::from(include_bytes!("../../../tests/certificates/shop.der").as_slice());
        let at: Timestamp = at.parse().expect("a time");
        let now = UnixTime::since_unix_epoch(Duration::from_secs(at.seconds().unsigned_abs()));
        verifier.verify_server_cert(&leaf, &[], &ServerName::try_from(host).expect("a name"), &[], now).err().map(|error| Wrong::from(&error))
    }

    #[test]
    fn tells_apart_what_is_wrong_with_a_certificate() {
        let february = "2026-02-15T00:00:00Z";
        assert_eq!(verified(true, "shop.test", february), None);
        assert_eq!(verified(true, "shop.test", "2026-01-31T00:00:00Z"), Some(Wrong { problem: TlsProblem::NotYetValid, detail: Some("2026-02-01T00:00:00Z".into()) }));
        assert_eq!(verified(true, "shop.test", "2026-04-01T00:00:00Z"), Some(Wrong { problem: TlsProblem::Expired, detail: Some("2026-03-01T00:00:00Z".into()) }));
        assert_eq!(verified(true, "other.test", february), Some(Wrong::plain(TlsProblem::OtherName)));
        assert_eq!(verified(false, "shop.test", february), Some(Wrong::plain(TlsProblem::Untrusted)));
    }

    #[test]
    fn tells_apart_what_befalls_a_greeting() {
        use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
        let wrapped = |error: Error| io::Error::other(io::Error::new(ErrorKind::InvalidData, error));
        let seen = |error: &io::Error| handshake_trouble(error).problem;
        assert_eq!(seen(&wrapped(Error::InvalidMessage(InvalidMessage::InvalidContentType))), TlsProblem::NotEncrypted);
        assert_eq!(seen(&wrapped(Error::AlertReceived(AlertDescription::HandshakeFailure))), TlsProblem::HandshakeRefused);
        assert_eq!(seen(&ErrorKind::UnexpectedEof.into()), TlsProblem::HandshakeRefused);
        assert_eq!(seen(&io::Error::other(io::Error::from(ErrorKind::ConnectionReset))), TlsProblem::HandshakeRefused);
        assert_eq!(seen(&wrapped(Error::InvalidCertificate(CertificateError::Revoked))), TlsProblem::Revoked);
        let odd = handshake_trouble(&wrapped(Error::InvalidCertificate(CertificateError::BadSignature)));
        assert!(odd.problem == TlsProblem::Invalid && odd.detail.is_some(), "{odd:?}");
        let other = handshake_trouble(&wrapped(Error::FailedToGetCurrentTime));
        assert!(other.problem == TlsProblem::Other && other.detail.is_some(), "{other:?}");
    }
}

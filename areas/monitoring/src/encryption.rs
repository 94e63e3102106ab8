//! What can be wrong with an encrypted connection, as far as it is told apart: each has words of its own in both languages.

/// Why a browser would warn, or not get through at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsProblem {
    /// The certificate's last day is over.
    Expired,
    /// The certificate's first day is still to come.
    NotYetValid,
    /// Self-signed, from an authority that nobody knows, or with a part of its chain missing.
    Untrusted,
    /// The certificate is for other names than the one that was asked for.
    OtherName,
    /// Its authority took it back.
    Revoked,
    /// It cannot be read, its signature does not fit, or it is for another purpose.
    Invalid,
    /// The server broke the greeting off: no version or method in common, a certificate asked of the client, a name unknown to it.
    HandshakeRefused,
    /// What answers speaks no TLS.
    NotEncrypted,
    /// Anything else; what the machine said stands beside it.
    Other,
}

impl TlsProblem {
    pub const ALL: [Self; 9] = [
        Self::Expired,
        Self::NotYetValid,
        Self::Untrusted,
        Self::OtherName,
        Self::Revoked,
        Self::Invalid,
        Self::HandshakeRefused,
        Self::NotEncrypted,
        Self::Other,
    ];

    /// As it is kept, sent and translated.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "certificate_expired",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::Untrusted => "certificate_untrusted",
            Self::OtherName => "certificate_other_name",
            Self::Revoked => "certificate_revoked",
            Self::Invalid => "certificate_invalid",
            Self::HandshakeRefused => "handshake_refused",
            Self::NotEncrypted => "not_encrypted",
            // The word of earlier versions for all of these: what they kept is still read.
            Self::Other => "tls",
        }
    }

    /// The problem of this code, where it is one of encryption.
    pub fn known(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|problem| problem.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_problem_and_others_to_none() {
        for problem in TlsProblem::ALL {
            assert_eq!(TlsProblem::known(problem.code()), Some(problem));
        }
        for other in ["", "timeout", "certificate_expires", "TLS"] {
            assert_eq!(TlsProblem::known(other), None, "{other}");
        }
    }
}

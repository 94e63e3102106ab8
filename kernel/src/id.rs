//! Typed ids: UUIDv7 inside, printed as a TypeID (`inv_` and 26 characters of Crockford base32) in URLs, REST and logs.
//!
//! Source of the printed form: the TypeID specification 0.3 (prefix, underscore, base32 suffix whose first character
//! is at most `7`).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form `{prefix}_` and 26 characters")]
pub struct NotAnId {
    pub prefix: &'static str,
    pub text: String,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of the suffix: 128 bits in groups of five.
const SUFFIX: usize = 26;

/// The 26 characters for a UUID's 128 bits, most significant first.
fn encode(uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    (0..SUFFIX)
        .rev()
        .map(|group| ALPHABET[((bits >> (group * 5)) & 31) as usize] as char)
        .collect()
}

fn decode(suffix: &str) -> Option<Uuid> {
    if suffix.len() != SUFFIX || suffix.as_bytes()[0] > b'7' {
        return None;
    }
    let mut bits: u128 = 0;
    for character in suffix.bytes() {
        let value = ALPHABET.iter().position(|known| *known == character)?;
        bits = (bits << 5) | value as u128;
    }
    Some(Uuid::from_u128(bits))
}

/// Declares one id type: a newtype over `Uuid` with its own prefix.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What its printed form begins with.
            pub const PREFIX: &'static str = $prefix;

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| NotAnId { prefix: $prefix, text: text.chars().take(64).collect() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organisation: the provider, a partner or a tenant.
    TenantId = "org";
    /// A person who signs in; may belong to several organisations.
    PersonId = "per";
    /// One signed-in browser.
    SessionId = "ses";
    /// An invitation of a person into an organisation.
    InvitationId = "ivt";
    /// A service in the catalog.
    OfferingId = "off";
    /// One published state of an offering, never changed afterwards.
    VersionId = "ver";
    /// A plan of one offering version.
    PlanId = "pln";
    /// A priced part of a plan.
    ComponentId = "cmp";
    /// A tenant's own running service.
    InstanceId = "ins";
    /// What a tenant asked for: the first operation of an instance.
    OrderId = "ord";
    /// One change of an instance on its backend.
    OperationId = "op";
    /// A probe of something from outside.
    CheckId = "chk";
    /// A stretch of time in which a check was down.
    IncidentId = "inc";
    /// A stretch of planned maintenance.
    MaintenanceId = "mnt";
    /// An agreement to pay by period.
    SubscriptionId = "sub";
    InvoiceId = "inv";
    /// A line of an invoice.
    LineId = "lin";
    PaymentId = "pay";
    CreditNoteId = "crn";
    /// One metered fact.
    UsageEventId = "use";
    ApiKeyId = "key";
    /// A mail that was sent.
    MailId = "mel";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_parses_the_vectors_of_the_typeid_specification() {
        // valid.yml of the specification: one, ten, sixteen, thirty-two, max-valid.
        for (suffix, uuid) in [
            ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
            ("0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a"),
            ("00000000000000000000000010", "00000000-0000-0000-0000-000000000020"),
            ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let id = InvoiceId::from_uuid(uuid.parse().expect("a UUID of the specification"));
            assert_eq!(id.to_string(), format!("inv_{suffix}"));
            assert_eq!(format!("inv_{suffix}").parse::<InvoiceId>(), Ok(id));
        }
    }

    #[test]
    fn refuses_another_kind_and_bad_text() {
        for text in [
            "ins_01h455vb4pex5vsknk084sn02q",
            "inv_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "inv_01h455vb4pex5vsknk084sn02",
            "inv_01h455vb4pex5vsknk084sn02u",
            "inv_01H455VB4PEX5VSKNK084SN02Q",
            "inv_äääääääääääää",
            "inv",
            "",
        ] {
            assert!(text.parse::<InvoiceId>().is_err(), "{text}");
        }
    }
}

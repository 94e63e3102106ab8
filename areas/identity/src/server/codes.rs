//! The area's codes as PostgreSQL keeps them: text.

use crate::{organisation::{Interval, Kind, Theme, Tier}, session::Realm};
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
};

macro_rules! codes_as_text {
    ($($name:ident),+) => {$(
        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <str as Type<Postgres>>::type_info()
            }

            fn compatible(other: &PgTypeInfo) -> bool {
                <str as Type<Postgres>>::compatible(other)
            }
        }

        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <&str as Encode<'_, Postgres>>::encode(self.code(), buffer)
            }
        }

        impl Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(<&str as Decode<'_, Postgres>>::decode(value)?.parse()?)
            }
        }
    )+};
}

codes_as_text!(Kind, Tier, Interval, Theme, Realm);

/// Stable codes of what every use case may answer.
pub const fn denied(denied: kernel::Denied) -> &'static str {
    match denied {
        kernel::Denied::SignedOut => "access.signed_out",
        kernel::Denied::TooLittle => "access.denied",
        kernel::Denied::NoTenant => "access.no_tenant",
    }
}

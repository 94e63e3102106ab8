//! How the kernel's types travel to and from PostgreSQL: ids as `uuid`, times as `timestamptz`, dates as `date`,
//! currencies, languages and roles as their codes in `text`. Mapping only, no IO.

use crate::*;
use sqlx::{
    Decode, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef},
};
use uuid::Uuid;

/// PostgreSQL counts from 2000-01-01.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
const EPOCH_DAYS: i64 = 10_957;
const BEYOND: &str = "the time is beyond what can be kept";

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }
}

impl PgHasArrayType for Timestamp {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_timestamptz")
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<'_, Postgres>>::encode(self.micros().checked_sub(EPOCH_MICROS).ok_or(BEYOND)?, buffer)
    }
}

impl Decode<'_, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self::from_micros(<i64 as Decode<'_, Postgres>>::decode(value)?.checked_add(EPOCH_MICROS).ok_or(BEYOND)?))
    }
}

impl Type<Postgres> for Date {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("date")
    }
}

impl Encode<'_, Postgres> for Date {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let days = i32::try_from(self.days() - EPOCH_DAYS)?;
        <i32 as Encode<'_, Postgres>>::encode(days, buffer)
    }
}

impl Decode<'_, Postgres> for Date {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self::from_days(i64::from(<i32 as Decode<'_, Postgres>>::decode(value)?) + EPOCH_DAYS))
    }
}

macro_rules! ids_as_uuid {
    ($($name:ident),+ $(,)?) => {$(
        impl Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                <Uuid as Type<Postgres>>::type_info()
            }
        }

        impl PgHasArrayType for $name {
            fn array_type_info() -> PgTypeInfo {
                <Uuid as PgHasArrayType>::array_type_info()
            }
        }

        impl Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <Uuid as Encode<'_, Postgres>>::encode_by_ref(&self.uuid(), buffer)
            }
        }

        impl Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                Ok(Self::from_uuid(<Uuid as Decode<'_, Postgres>>::decode(value)?))
            }
        }
    )+};
}

ids_as_uuid!(
    TenantId, PersonId, SessionId, InvitationId, OfferingId, VersionId, PlanId, ComponentId, InstanceId, OrderId,
    OperationId, CheckId, IncidentId, MaintenanceId, SubscriptionId, InvoiceId, LineId, PaymentId, CreditNoteId, UsageEventId,
    ApiKeyId, MailId,
);

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

codes_as_text!(Currency, Language, Role);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_cannot_be_kept_are_an_error() {
        let written = |micros: i64| Timestamp::from_micros(micros).encode_by_ref(&mut PgArgumentBuffer::default()).is_ok();
        assert!(written(0) && written(i64::MAX) && written(i64::MIN + EPOCH_MICROS));
        assert!(!written(i64::MIN) && !written(i64::MIN + EPOCH_MICROS - 1));
    }
}

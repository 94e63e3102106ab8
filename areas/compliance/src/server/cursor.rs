//! Where a list of entries goes on: bound to the reader and the filter, so that it works for its own list only.

use crate::filter::Filter;
use kernel::{TenantId, Timestamp};
use sha2::{Digest, Sha256};

/// Bytes of the binding that are kept: enough to notice a mistake; it guards nothing that the reader may not see.
const BINDING: usize = 8;

/// The last row of a page: newest first, then by organisation and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub at: Timestamp,
    pub tenant: TenantId,
    pub seq: i64,
}

fn binding(list: &str, filter: &Filter) -> String {
    let digest = Sha256::digest(format!("{list} {filter:?}"));
    hex::encode(&digest[..BINDING])
}

/// `list` names whose entries they are.
pub fn write(list: &str, filter: &Filter, after: After) -> String {
    format!("{:x}.{:x}.{}.{}", after.at.micros(), after.seq, after.tenant.uuid().simple(), binding(list, filter))
}

pub fn read(list: &str, filter: &Filter, cursor: &str) -> Option<After> {
    let mut parts = cursor.split('.');
    let at = Timestamp::try_from_micros(i64::from_str_radix(parts.next()?, 16).ok()?)?;
    let seq = i64::from_str_radix(parts.next()?, 16).ok()?;
    let tenant = TenantId::from_uuid(uuid::Uuid::try_parse(parts.next()?).ok()?);
    (parts.next()? == binding(list, filter) && parts.next().is_none()).then_some(After { at, tenant, seq })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works_for_its_own_list_only() {
        let after = After { at: Timestamp::from_seconds(1_767_225_600), tenant: TenantId::from_uuid(uuid::Uuid::from_u128(7)), seq: 12 };
        let filter = Filter::default();
        let cursor = write("org_a", &filter, after);
        assert_eq!(read("org_a", &filter, &cursor), Some(after));
        assert_eq!(read("org_b", &filter, &cursor), None);
        assert_eq!(read("org_a", &Filter { refused: Some(true), ..filter.clone() }, &cursor), None);
        for text in ["", "x", "1.2.3", &format!("{cursor}.x")] {
            assert_eq!(read("org_a", &filter, text), None, "{text}");
        }
    }
}

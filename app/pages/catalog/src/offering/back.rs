//! Where somebody who was sent to the catalog goes back to after ordering: `?return=/onboarding` in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The query's name for it.
pub const NAME: &str = "return";

/// A path as it was when the page came; empty for those who came by themselves.
pub fn way_back() -> String {
    use_query_map().with_untracked(|query| query.get(NAME)).unwrap_or_default()
}

/// An address that has a query already, with the way back kept.
pub fn keeping(address: String, back: &str) -> String {
    let back: String = back.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    if back.is_empty() { address } else { format!("{address}&{NAME}={back}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_kept_whole() {
        assert_eq!(keeping("/catalog/pg?plan=s".to_owned(), "/onboarding?step=service"), "/catalog/pg?plan=s&return=%2Fonboarding%3Fstep%3Dservice");
        assert_eq!(keeping("/catalog/pg?plan=s".to_owned(), ""), "/catalog/pg?plan=s");
    }
}

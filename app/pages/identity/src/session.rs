//! Forms that stand on every page: signing out and switching the organisation.

use kit::PageError;
use leptos::prelude::*;

/// Ends this browser's session; open pages of it hear of it within seconds.
#[server]
pub async fn sign_out() -> Result<String, PageError> {
    use crate::answer::{forget, go, told};
    let cx = kit::request::cx().await?;
    identity::server::sign_out(&cx).await.map_err(told)?;
    forget(&cx, identity::session::Realm::Tenant);
    Ok(go("/sign-in?done=signed_out"))
}

/// Works on in another of one's organisations.
#[server]
pub async fn switch_organisation(organisation: String) -> Result<String, PageError> {
    use crate::answer::{go, renew, told};
    let cx = kit::request::cx().await?;
    let to = organisation.parse().map_err(|_| PageError::NotFound)?;
    renew(&cx, &identity::server::switch_organisation(&cx, to).await.map_err(told)?);
    Ok(go("/services"))
}

/// Addresses that the shell's forms post to, and the server function that answers each.
#[cfg(feature = "ssr")]
pub const FORMS: [(&str, &str); 3] = {
    use crate::provider::calls::SignOutStaff;
    use leptos::server_fn::ServerFn;
    [
        ("/sign-out", <SignOut as ServerFn>::PATH),
        ("/provider/sign-out", <SignOutStaff as ServerFn>::PATH),
        ("/switch-organisation", <SwitchOrganisation as ServerFn>::PATH),
    ]
};

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::FORMS;

    /// The server looks at the staff's cookie where a path has a segment `provider`.
    #[test]
    fn staff_sign_out_by_their_own_session() {
        for (address, function) in FORMS {
            let providers = |path: &str| path.split('/').any(|segment| segment == "provider");
            assert_eq!(providers(address), providers(function), "{address} is answered by {function}");
            assert!(function.starts_with("/call/"), "{function}");
        }
    }
}

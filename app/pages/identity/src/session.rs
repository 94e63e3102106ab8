//! Forms that stand on every page: signing out, switching the organisation, keeping a list as one likes to see it.

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

/// Keeps a list as the reader likes to see it.
#[server]
pub async fn save_view(path: String, name: String, query: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::save_view(&cx, &path, &name, &query).await.map_err(crate::answer::told)?;
    Ok(back_to(&path, &query))
}

/// The reader stays at the list as it stands.
#[server]
pub async fn forget_view(path: String, name: String, query: String) -> Result<String, PageError> {
    let cx = kit::request::cx().await?;
    identity::server::forget_view(&cx, &path, &name).await.map_err(crate::answer::told)?;
    Ok(back_to(&path, &query))
}

/// The list, where the path is one of ours.
#[cfg(feature = "ssr")]
pub fn back_to(path: &str, query: &str) -> String {
    let path = kit::request::local_path(path);
    crate::answer::go(&if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
}

/// Addresses that the shell's forms post to, and the server function that answers each.
#[cfg(feature = "ssr")]
pub const FORMS: [(&str, &str); 7] = {
    use crate::provider::calls::{ForgetViewOfStaff, SaveViewOfStaff, SignOutStaff};
    use leptos::server_fn::ServerFn;
    [
        ("/sign-out", <SignOut as ServerFn>::PATH),
        ("/provider/sign-out", <SignOutStaff as ServerFn>::PATH),
        ("/switch-organisation", <SwitchOrganisation as ServerFn>::PATH),
        ("/save-view", <SaveView as ServerFn>::PATH),
        ("/forget-view", <ForgetView as ServerFn>::PATH),
        ("/provider/save-view", <SaveViewOfStaff as ServerFn>::PATH),
        ("/provider/forget-view", <ForgetViewOfStaff as ServerFn>::PATH),
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

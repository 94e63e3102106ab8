//! Who looks at the page: what the shell shows of them and what it lets them try.

use crate::PageError;
use kernel::{Currency, Language, Need, Role, TenantId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub language: Language,
    /// The provider's staff, who sign in apart.
    pub staff: bool,
    /// None after leaving the last organisation.
    pub organisation: Option<ViewerOrganisation>,
    /// All that one may switch to, the current one included.
    pub organisations: Vec<ViewerOrganisation>,
    /// Names of permissions in the current organisation.
    pub permissions: Vec<String>,
    /// Whether a step of the onboarding is still open.
    #[serde(default)]
    pub onboarding_open: bool,
    /// Lists as one likes to see them.
    #[serde(default)]
    pub saved_views: Vec<SavedView>,
}

/// A list's address under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub path: String,
    pub name: String,
    /// What stands behind the question mark.
    pub query: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerOrganisation {
    pub id: TenantId,
    pub name: String,
    pub role: Role,
    pub currency: Currency,
    /// IANA name.
    pub time_zone: String,
}

impl Viewer {
    /// For showing or hiding an action; the use case decides.
    pub fn may(&self, need: Need) -> bool {
        self.permissions.iter().any(|name| name == need.name())
    }

    /// IANA name of the zone in which times are shown.
    pub fn time_zone(&self) -> &str {
        self.organisation.as_ref().map_or("UTC", |organisation| organisation.time_zone.as_str())
    }

    /// One or two letters for the account button.
    pub fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().collect();
        let first = words.first().and_then(|word| word.chars().next());
        let last = if words.len() > 1 { words.last().and_then(|word| word.chars().next()) } else { None };
        first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
    }
}

/// The viewer, below a shell of the tenant or the provider. Outside of one: none.
pub fn use_viewer() -> Option<Viewer> {
    use_context::<ViewerSlot>().and_then(|slot| slot.0.get_untracked())
}

/// IANA name of the zone in which this page shows times.
pub fn use_zone() -> String {
    let slot = use_context::<ViewerSlot>();
    slot.and_then(|slot| slot.0.with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.time_zone().to_owned()))).unwrap_or_else(|| "UTC".to_owned())
}

/// Filled by the layout once the viewer is known, and before anything below is shown.
#[derive(Clone, Copy)]
pub struct ViewerSlot(pub RwSignal<Option<Viewer>>);

/// Called by a layout in its own body: routes below see what it provides there.
pub fn provide_viewer_slot() -> ViewerSlot {
    let slot = ViewerSlot(RwSignal::new(None));
    provide_context(slot);
    slot
}

/// Where the viewer comes from. The app gives it once at the start, so that the kit need not know the identity area.
#[cfg(feature = "ssr")]
pub mod source {
    use super::{PageError, Viewer};
    use platform::Cx;
    use std::{future::Future, pin::Pin, sync::OnceLock};

    type Answer<T> = Pin<Box<dyn Future<Output = T> + Send>>;

    /// How to ask about the caller of a request.
    #[derive(Clone, Copy)]
    pub struct Source {
        pub viewer: fn(Cx) -> Answer<Result<Viewer, PageError>>,
        /// Whether the session behind the request still stands, and where.
        pub standing: fn(Cx) -> Answer<Standing>,
    }

    /// What became of the session of a connection that was opened a while ago.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Standing {
        Here,
        /// It works in another organisation now, or its person is no longer a member of this one or has another role in it.
        Moved,
        Gone,
    }

    static SOURCE: OnceLock<Source> = OnceLock::new();

    /// The first call counts.
    pub fn install(source: Source) {
        let _ = SOURCE.set(source);
    }

    pub(super) async fn ask(cx: Cx) -> Result<Viewer, PageError> {
        match SOURCE.get() {
            Some(source) => (source.viewer)(cx).await,
            None => Err(PageError::SignedOut),
        }
    }

    pub(crate) async fn standing(cx: Cx) -> Standing {
        match SOURCE.get() {
            Some(source) => (source.standing)(cx).await,
            None => Standing::Here,
        }
    }
}

/// For the provider's pages.
pub mod provider {
    use super::{PageError, Viewer};
    use leptos::prelude::*;

    /// Who of the staff looks at this page. Its path names the provider, so that the staff's own session counts.
    #[server]
    pub async fn who_of_staff_looks() -> Result<Viewer, PageError> {
        let viewer = super::source::ask(crate::request::cx().await?).await?;
        if viewer.staff { Ok(viewer) } else { Err(PageError::SignedOut) }
    }
}

/// Who looks at this page.
#[server]
pub async fn who_looks() -> Result<Viewer, PageError> {
    source::ask(crate::request::cx().await?).await
}

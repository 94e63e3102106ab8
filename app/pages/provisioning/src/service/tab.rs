//! The tabs, what each needs from the server, and which changes concern it.

use super::{Acts, activity::Activity, configuration::Configuration, credentials::CredentialsTab, live::LiveTab, overview::Overview, usage::Usage};
use crate::{
    calls,
    sheets::{ActivitySheet, ConfigurationSheet, LiveSheet, Span},
};
use i18n::tr;
use kernel::{InstanceId, live::Live};
use kit::PageError;
use leptos::prelude::*;
use provisioning::view::{Credentials, InstanceView};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TabName {
    Overview,
    Live,
    Configuration,
    Credentials,
    Usage,
    Activity,
}

impl TabName {
    pub const ALL: [Self; 6] = [Self::Overview, Self::Live, Self::Configuration, Self::Credentials, Self::Usage, Self::Activity];

    const fn code(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Live => "live",
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::Usage => "usage",
            Self::Activity => "activity",
        }
    }

    /// The overview stands for anything that is no tab.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.code() == text).unwrap_or(Self::Overview)
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Overview => tr!(provisioning.tabs.overview),
            Self::Live => tr!(provisioning.tabs.live),
            Self::Configuration => tr!(provisioning.tabs.configuration),
            Self::Credentials => tr!(provisioning.tabs.credentials),
            Self::Usage => tr!(provisioning.tabs.usage),
            Self::Activity => tr!(provisioning.tabs.activity),
        }
    }

    pub fn address(self, id: InstanceId) -> String {
        match self {
            Self::Overview => format!("/services/{id}"),
            Self::Live | Self::Configuration | Self::Credentials | Self::Usage | Self::Activity => format!("/services/{id}?tab={}", self.code()),
        }
    }
}

/// What the shown tab needs beyond the service itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Sheet {
    Overview,
    Live(LiveSheet),
    Configuration(Box<ConfigurationSheet>),
    /// What a form without scripting revealed just before.
    Credentials(Option<Credentials>),
    Usage(Option<billing::view::UsageView>),
    Activity(ActivitySheet),
}

/// `span` is for the charts, `plan` the one that the configuration is looked at with.
pub async fn sheet(id: String, tab: TabName, span: Span, plan: Option<String>) -> Result<Sheet, PageError> {
    Ok(match tab {
        TabName::Overview => Sheet::Overview,
        TabName::Live => Sheet::Live(calls::live_now(id, span).await?),
        TabName::Configuration => Sheet::Configuration(Box::new(calls::settings(id, plan).await?)),
        TabName::Credentials => Sheet::Credentials(calls::revealed_before(id).await?),
        TabName::Usage => Sheet::Usage(calls::usage(id).await?),
        TabName::Activity => Sheet::Activity(calls::history(id).await?),
    })
}

#[component]
pub fn SheetView(sheet: Sheet, shown: RwSignal<InstanceView>, acts: Acts) -> impl IntoView {
    match sheet {
        Sheet::Overview => view! { <Overview shown=shown/> }.into_any(),
        Sheet::Live(sheet) => view! { <LiveTab sheet=sheet shown=shown/> }.into_any(),
        Sheet::Configuration(sheet) => view! { <Configuration sheet=*sheet shown=shown acts=acts/> }.into_any(),
        Sheet::Credentials(before) => view! { <CredentialsTab before=before shown=shown acts=acts/> }.into_any(),
        Sheet::Usage(usage) => view! { <Usage usage=usage/> }.into_any(),
        Sheet::Activity(sheet) => view! { <Activity sheet=sheet/> }.into_any(),
    }
}

/// Which changes are about one service.
#[derive(Clone, Copy)]
pub struct Concerns(pub InstanceId);

impl Concerns {
    pub fn service(self, live: &Live) -> bool {
        match live {
            Live::Instance { id, .. } => *id == self.0,
            Live::Operation { instance, .. } | Live::Measured { instance, .. } | Live::Usage { instance, .. } => *instance == self.0,
            Live::Check { .. } | Live::Maintenance { .. } | Live::Invoice { .. } => false,
        }
    }

    /// Forms that are being filled in and credentials that were revealed stay as they are.
    pub fn sheet(self, tab: TabName, live: &Live) -> bool {
        match tab {
            TabName::Overview | TabName::Configuration | TabName::Credentials => false,
            TabName::Live => matches!(live, Live::Measured { instance, .. } | Live::Usage { instance, .. } | Live::Check { instance, .. } if *instance == self.0),
            TabName::Usage => matches!(live, Live::Measured { instance, .. } | Live::Usage { instance, .. } if *instance == self.0),
            TabName::Activity => matches!(live, Live::Operation { instance, .. } if *instance == self.0),
        }
    }
}

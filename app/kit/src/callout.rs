//! A box that says something about the page or a part of it.

use crate::icon::Icon;
use icondata_lu as icons;
use leptos::prelude::*;

/// What colour a state has; never alone: words or an icon say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Info,
    Good,
    Warn,
    Bad,
    /// Under way.
    Busy,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Info => "tone-info",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Busy => "tone-busy",
        }
    }

    pub fn icon(self) -> icondata_core::Icon {
        match self {
            Self::Neutral | Self::Info => icons::LuInfo,
            Self::Good => icons::LuCircleCheck,
            Self::Warn => icons::LuTriangleAlert,
            Self::Bad => icons::LuCircleAlert,
            Self::Busy => icons::LuLoaderCircle,
        }
    }
}

#[component]
pub fn Callout(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: String,
    /// Read out when it appears: for what happened after an action.
    #[prop(optional)] alert: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=format!("callout {}", tone.class()) role=if alert { "alert" } else { "note" }>
            <Icon icon=tone.icon() class="callout-icon"/>
            <div class="callout-text">
                {(!title.is_empty()).then(|| view! { <p class="callout-title">{title}</p> })}
                {children.map(|children| view! { <div>{children()}</div> })}
            </div>
        </div>
    }
}

//! The frame of a page: where am I, what state is it in, what can I do next.

use crate::icon::Icon;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use leptos_meta::Title;

/// One step of the way to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

impl Crumb {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into() }
    }
}

/// Title, the way to it, a line about it, and its actions as children. Also sets the document's title.
#[component]
pub fn PageHeader(
    #[prop(into)] title: String,
    /// Above this page, outermost first; the page itself is not among them.
    #[prop(optional)] crumbs: Vec<Crumb>,
    /// One sentence about the page or the thing's state.
    #[prop(optional, into)] lead: String,
    /// Chips beside the title.
    #[prop(optional)] aside: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · {}", tr!(common.product))/>
        <header class="page-head">
            {(!crumbs.is_empty()).then(|| view! {
                <nav class="crumbs" aria-label=tr!(kit.breadcrumbs)>
                    <ol>
                        {crumbs.into_iter().map(|crumb| view! { <li><a href=crumb.href>{crumb.label}</a><Icon icon=icons::LuChevronRight/></li> }).collect_view()}
                        <li aria-current="page">{title.clone()}</li>
                    </ol>
                </nav>
            })}
            <div class="page-title-row">
                <h1 class="page-title">{title.clone()}</h1>
                {aside.map(|aside| view! { <div class="page-aside">{aside}</div> })}
                {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
            </div>
            {(!lead.is_empty()).then(|| view! { <p class="page-lead">{lead}</p> })}
        </header>
    }
}

/// A titled part of a page.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    #[prop(optional, into)] says: String,
    #[prop(optional, into)] id: Option<String>,
    /// Actions of this part, on the right.
    #[prop(optional)] actions: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" id=id>
            <div class="section-head">
                <div>
                    <h2 class="section-title">{title}</h2>
                    {(!says.is_empty()).then(|| view! { <p class="muted">{says}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="page-actions">{actions}</div> })}
            </div>
            {children()}
        </section>
    }
}

/// A box on the page's ground.
#[component]
pub fn Card(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! { <div class=format!("box {class}")>{children()}</div> }
}

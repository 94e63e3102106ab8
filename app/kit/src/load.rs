//! What a page shows of something that is fetched: skeleton, contents or trouble.

use crate::{
    PageError,
    error::NUL,
    icon::Icon,
    organisation::{LoadAgain, OTHER},
    skeleton::{Skeleton, SkeletonKind},
    viewer::use_viewer,
};
use i18n::tr;
use icondata_lu as icons;
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// How long a page that met trouble waits before it asks again by itself.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Shows a resource through `view`; keeps what was there while it is fetched again; on trouble says so and tries again.
#[component]
pub fn Load<T, V>(
    resource: Resource<Result<T, PageError>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
    #[prop(optional)] skeleton: SkeletonKind,
    /// The page's header stands in the view: trouble has to name the page instead.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let retry = Callback::new(move |()| resource.refetch());
    view! {
        <Transition fallback=move || view! { <Skeleton kind=skeleton/> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(data) => Either::Left(view(data)),
                        Err(error) => Either::Right(view! { <Trouble error=error retry=retry whole=whole/> }),
                    }
                })
            }}
        </Transition>
    }
}

/// Says what happened, what was kept and what to do.
#[component]
pub fn Trouble(
    error: PageError,
    /// Fetches again; with it, trouble of the server is retried by itself.
    #[prop(optional)]
    retry: Option<Callback<()>>,
    /// There is nothing else on the page: it names the page and its document.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let passing = matches!(error, PageError::Trouble { .. } | PageError::Offline);
    if let (true, Some(retry)) = (passing, retry) {
        Effect::new(move || {
            let Ok(timer) = set_timeout_with_handle(move || retry.run(()), ASK_AGAIN) else { return };
            on_cleanup(move || timer.clear());
        });
    }
    let (title, says) = words(&error);
    let trace = match &error {
        PageError::Trouble { trace, .. } if !trace.is_empty() => Some(trace.clone()),
        _ => None,
    };
    let signed_out = error == PageError::SignedOut;
    let others = error.code() == Some(OTHER);
    let start = match use_viewer() {
        Some(viewer) if viewer.staff => "/provider",
        Some(_) => "/services",
        None => "/",
    };
    view! {
        // Without scripting the page loads itself again.
        {passing.then(|| view! { <noscript inner_html="<meta http-equiv=refresh content=5>"></noscript> })}
        <div class="trouble" role="alert" data-error=kind(&error)>
            <span class="empty-icon"><Icon icon=if passing { icons::LuRefreshCw } else { icons::LuCircleAlert }/></span>
            {if whole {
                view! { <Title text=format!("{title} · {}", tr!(common.product))/><h1 class="empty-title">{title}</h1> }.into_any()
            } else {
                view! { <h2 class="empty-title">{title}</h2> }.into_any()
            }}
            <p class="muted">{says}</p>
            {trace.map(|trace| view! { <p class="muted mono text-xs">{tr!(kit.errors.trace, trace = trace)}</p> })}
            <div class="empty-action">
                {signed_out.then(|| view! { <a class="btn btn-primary" href="/sign-in">{tr!(kit.sign_in)}</a> })}
                {retry.filter(|_| passing).map(|retry| view! {
                    <button type="button" class="btn btn-plain" on:click=move |_| retry.run(())>{tr!(common.retry)}</button>
                })}
                {others.then(|| view! { <LoadAgain/> })}
                {(!passing && !signed_out && !others).then(|| view! { <a class="btn btn-plain" href=start>{tr!(kit.errors.go_home)}</a> })}
            </div>
        </div>
    }
}

/// Title and sentence for an error, in the reader's language.
pub fn words(error: &PageError) -> (String, String) {
    let (title, says) = match error {
        PageError::SignedOut => (tr!(kit.errors.signed_out_title), tr!(kit.errors.signed_out)),
        PageError::Forbidden => (tr!(kit.errors.forbidden_title), tr!(kit.errors.forbidden)),
        PageError::NotFound => (tr!(kit.errors.not_found_title), tr!(kit.errors.not_found)),
        PageError::Invalid { .. } => (tr!(kit.errors.invalid_title), tr!(kit.form.kept)),
        PageError::Refused { code, .. } if code == OTHER => (tr!(kit.errors.other_organisation_title), tr!(kit.errors.other_organisation)),
        PageError::Refused { code, .. } if code == NUL => (tr!(kit.errors.refused_title), tr!(kit.errors.nul)),
        PageError::Refused { message, .. } => return (tr!(kit.errors.refused_title).to_string(), message.clone()),
        PageError::Trouble { away: true, .. } => (tr!(kit.errors.away_title), tr!(kit.errors.away)),
        PageError::Trouble { away: false, .. } => (tr!(kit.errors.trouble_title), tr!(kit.errors.trouble)),
        PageError::Offline => (tr!(kit.errors.offline_title), tr!(kit.errors.offline)),
    };
    (title.to_string(), says.to_string())
}

const fn kind(error: &PageError) -> &'static str {
    match error {
        PageError::SignedOut => "signed_out",
        PageError::Forbidden => "forbidden",
        PageError::NotFound => "not_found",
        PageError::Invalid { .. } => "invalid",
        PageError::Refused { .. } => "refused",
        PageError::Trouble { .. } => "trouble",
        PageError::Offline => "offline",
    }
}

//! The frames that groups of routes share, and who may come in.

use i18n::tr;
use kit::{
    PageError, Viewer,
    door::{asked_in, went_out},
    live::provide_live,
    load::Trouble,
    shell::{ProviderShell, PublicShell, TenantShell},
    skeleton::{Skeleton, SkeletonKind},
    toast::provide_toasts,
    viewer::{provide_viewer_slot, provider::who_of_staff_looks, who_looks},
};
use leptos::prelude::*;
use leptos_router::{
    components::{Outlet, Redirect},
    hooks::use_location,
};

/// For everyone.
#[component]
pub fn PublicLayout() -> impl IntoView {
    provide_toasts();
    view! { <PublicShell><Outlet/></PublicShell> }
}

/// For pages that are one form: signing in and up.
#[component]
pub fn NarrowLayout() -> impl IntoView {
    provide_toasts();
    view! { <PublicShell narrow=true><Outlet/></PublicShell> }
}

/// For people of an organisation: others are sent to sign in and come back.
#[component]
pub fn TenantLayout() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| who_looks());
    let slot = provide_viewer_slot();
    provide_live(Signal::derive(move || slot.0.with(Option::is_some)));
    gate(viewer, "/sign-in", |viewer| view! { <TenantShell viewer=viewer><Outlet/></TenantShell> }.into_any())
}

/// For the provider's staff, who sign in apart.
#[component]
pub fn ProviderLayout() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| who_of_staff_looks());
    provide_viewer_slot();
    gate(viewer, "/provider/sign-in", |viewer| view! { <ProviderShell viewer=viewer><Outlet/></ProviderShell> }.into_any())
}

fn gate(viewer: Resource<Result<Viewer, PageError>>, door: &'static str, frame: fn(Viewer) -> AnyView) -> impl IntoView {
    provide_toasts();
    let slot = use_context::<kit::viewer::ViewerSlot>().expect("the layout provides it before it gates");
    let location = use_location();
    let retry = Callback::new(move |()| viewer.refetch());
    view! {
        <Suspense fallback=|| view! { <div class="content" aria-label=tr!(common.loading)><Skeleton kind=SkeletonKind::Cards/></div> }>
            {move || {
                let there = asked_in(door, &location.pathname.read_untracked(), &location.search.read_untracked());
                Suspend::new(async move {
                    match viewer.await {
                        Ok(viewer) => {
                            slot.0.set(Some(viewer.clone()));
                            frame(viewer)
                        }
                        Err(PageError::SignedOut) => {
                            went_out();
                            view! { <Redirect path=there/> }.into_any()
                        }
                        Err(error) => view! { <PublicShell narrow=true><Trouble error=error retry=retry whole=true/></PublicShell> }.into_any(),
                    }
                })
            }}
        </Suspense>
    }
}

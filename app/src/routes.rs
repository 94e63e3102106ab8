//! Every address and the page that it shows.

use crate::{
    layouts::{NarrowLayout, ProviderLayout, PublicLayout, TenantLayout},
    missing::Missing,
    pages,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// Rendered to the end before it is sent: the contents are in the HTML, and the status says how it went.
const WHOLE: SsrMode = SsrMode::Async;

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    #[cfg(feature = "ssr")]
    provide_context(kit::route::OncePerRequest::default());
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            // Tests and styles wait for it; a constant name cannot fail.
            let _ = html.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Router>
            <Routes fallback=Missing>
                <ParentRoute path=path!("") view=PublicLayout ssr=WHOLE>
                    <Route path=path!("") view={Lazy::<pages::Landing>::new()} ssr=WHOLE/>
                    <Route path=path!("pricing") view={Lazy::<pages::Pricing>::new()} ssr=WHOLE/>
                    <Route path=path!("mailbox") view={Lazy::<pages::Mailbox>::new()} ssr=WHOLE/>
                    <Route path=path!("_gallery") view={Lazy::<pages::Gallery>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("") view=NarrowLayout ssr=WHOLE>
                    <Route path=path!("sign-up") view={Lazy::<pages::SignUp>::new()} ssr=WHOLE/>
                    <Route path=path!("sign-in") view={Lazy::<pages::SignIn>::new()} ssr=WHOLE/>
                    <Route path=path!("forgot-password") view={Lazy::<pages::ForgotPassword>::new()} ssr=WHOLE/>
                    <Route path=path!("reset-password") view={Lazy::<pages::ResetPassword>::new()} ssr=WHOLE/>
                    <Route path=path!("verify-email") view={Lazy::<pages::VerifyEmail>::new()} ssr=WHOLE/>
                    <Route path=path!("accept-invitation") view={Lazy::<pages::AcceptInvitation>::new()} ssr=WHOLE/>
                    <Route path=path!("provider/sign-in") view={Lazy::<pages::ProviderSignIn>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("provider") view=ProviderLayout ssr=WHOLE>
                    <Route path=path!("") view={Lazy::<pages::ProviderHome>::new()} ssr=WHOLE/>
                    <Route path=path!("tenants") view={Lazy::<pages::Tenants>::new()} ssr=WHOLE/>
                    <Route path=path!("tenants/:id") view={Lazy::<pages::Tenant>::new()} ssr=WHOLE/>
                    <Route path=path!("orders") view={Lazy::<pages::Orders>::new()} ssr=WHOLE/>
                    <Route path=path!("operations/:id") view={Lazy::<pages::Operation>::new()} ssr=WHOLE/>
                    <Route path=path!("invoices") view={Lazy::<pages::ProviderInvoices>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog") view={Lazy::<pages::ProviderCatalog>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog/:slug") view={Lazy::<pages::ProviderOffering>::new()} ssr=WHOLE/>
                    <Route path=path!("audit") view={Lazy::<pages::Audit>::new()} ssr=WHOLE/>
                    <Route path=path!("settings") view={Lazy::<pages::ProviderSettings>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("") view=TenantLayout ssr=WHOLE>
                    <Route path=path!("onboarding") view={Lazy::<pages::Onboarding>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog") view={Lazy::<pages::Catalog>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog/:slug") view={Lazy::<pages::Offering>::new()} ssr=WHOLE/>
                    <Route path=path!("services") view={Lazy::<pages::Services>::new()} ssr=WHOLE/>
                    <Route path=path!("services/:id") view={Lazy::<pages::Service>::new()} ssr=WHOLE/>
                    <Route path=path!("monitoring") view={Lazy::<pages::Monitoring>::new()} ssr=WHOLE/>
                    <Route path=path!("monitoring/:id") view={Lazy::<pages::Check>::new()} ssr=WHOLE/>
                    <Route path=path!("billing") view={Lazy::<pages::Billing>::new()} ssr=WHOLE/>
                    <Route path=path!("billing/invoices/:id") view={Lazy::<pages::Invoice>::new()} ssr=WHOLE/>
                    <Route path=path!("team") view={Lazy::<pages::Team>::new()} ssr=WHOLE/>
                    <Route path=path!("settings") view={Lazy::<pages::Settings>::new()} ssr=WHOLE/>
                    <Route path=path!("settings/security") view={Lazy::<pages::Security>::new()} ssr=WHOLE/>
                    <Route path=path!("settings/api-keys") view={Lazy::<pages::ApiKeys>::new()} ssr=WHOLE/>
                    <Route path=path!("activity") view={Lazy::<pages::Activity>::new()} ssr=WHOLE/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

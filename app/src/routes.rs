//! Every address and the page that it shows. Each page is a module of wasm of its own, loaded when it is gone to.

use crate::{
    layouts::{NarrowLayout, ProviderLayout, PublicLayout, TenantLayout},
    missing::Missing,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use pages_catalog as catalog;
use pages_compliance as compliance;
use pages_identity as identity;
use pages_onboarding as onboarding;
use pages_provisioning as provisioning;

/// Rendered to the end before it is sent: the contents are in the HTML, and the status says how it went.
const WHOLE: SsrMode = SsrMode::Async;

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
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
                    <Route path=path!("") view={Lazy::<pages_home::LandingPage>::new()} ssr=WHOLE/>
                    <Route path=path!("pricing") view={Lazy::<pages_home::PricingPage>::new()} ssr=WHOLE/>
                    <Route path=path!("mailbox") view={Lazy::<pages_home::MailboxPage>::new()} ssr=WHOLE/>
                    <Route path=path!("_gallery") view={Lazy::<pages_home::GalleryPage>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("") view=NarrowLayout ssr=WHOLE>
                    <Route path=path!("sign-up") view={Lazy::<identity::SignUpPage>::new()} ssr=WHOLE/>
                    <Route path=path!("sign-in") view={Lazy::<identity::SignInPage>::new()} ssr=WHOLE/>
                    <Route path=path!("forgot-password") view={Lazy::<identity::ForgotPasswordPage>::new()} ssr=WHOLE/>
                    <Route path=path!("reset-password") view={Lazy::<identity::ResetPasswordPage>::new()} ssr=WHOLE/>
                    <Route path=path!("verify-email") view={Lazy::<identity::VerifyEmailPage>::new()} ssr=WHOLE/>
                    <Route path=path!("accept-invitation") view={Lazy::<identity::AcceptInvitationPage>::new()} ssr=WHOLE/>
                    <Route path=path!("provider/sign-in") view={Lazy::<identity::ProviderSignInPage>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("provider") view=ProviderLayout ssr=WHOLE>
                    <Route path=path!("") view={Lazy::<compliance::ProviderHomePage>::new()} ssr=WHOLE/>
                    <Route path=path!("audit") view={Lazy::<compliance::AuditPage>::new()} ssr=WHOLE/>
                    <Route path=path!("tenants") view={Lazy::<identity::TenantsPage>::new()} ssr=WHOLE/>
                    <Route path=path!("tenants/:id") view={Lazy::<identity::TenantPage>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog") view={Lazy::<catalog::ProviderCatalogPage>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog/:slug") view={Lazy::<catalog::ProviderOfferingPage>::new()} ssr=WHOLE/>
                    <Route path=path!("orders") view={Lazy::<provisioning::OrdersPage>::new()} ssr=WHOLE/>
                    <Route path=path!("operations/:id") view={Lazy::<provisioning::OperationPage>::new()} ssr=WHOLE/>
                </ParentRoute>
                <ParentRoute path=path!("") view=TenantLayout ssr=WHOLE>
                    <Route path=path!("onboarding") view={Lazy::<onboarding::OnboardingPage>::new()} ssr=WHOLE/>
                    <Route path=path!("activity") view={Lazy::<compliance::ActivityPage>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog") view={Lazy::<catalog::CatalogPage>::new()} ssr=WHOLE/>
                    <Route path=path!("catalog/:slug") view={Lazy::<catalog::OfferingPage>::new()} ssr=WHOLE/>
                    <Route path=path!("services") view={Lazy::<provisioning::ServicesPage>::new()} ssr=WHOLE/>
                    <Route path=path!("services/:id") view={Lazy::<provisioning::ServicePage>::new()} ssr=WHOLE/>
                    <Route path=path!("team") view={Lazy::<identity::TeamPage>::new()} ssr=WHOLE/>
                    <Route path=path!("settings") view={Lazy::<identity::SettingsPage>::new()} ssr=WHOLE/>
                    <Route path=path!("settings/api-keys") view={Lazy::<identity::ApiKeysPage>::new()} ssr=WHOLE/>
                    <Route path=path!("settings/security") view={Lazy::<identity::SecurityPage>::new()} ssr=WHOLE/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

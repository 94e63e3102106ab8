//! Which pages travel together: the wasm of each group is one file, loaded when a page of it is first gone to.
//!
//! What a page fetches is made with its view and not before: the code that reads answers is the larger part of a page,
//! and would otherwise be in the file that every page loads.
//!
//! A group, not a page: the splitter makes a file of its own for whatever several groups share, and with a group for
//! each page these files came to hundreds.
//!
//! Where a file does not come, the page is gone to by an ordinary load; nothing here may panic then, as a panic ends the
//! whole client.

use kit::route::{PageRoute, page_within};
use leptos::{prelude::{AnyView, Owner}, wasm_split::SplitLoaderError};
use leptos_router::LazyRoute;

/// Declares the lazy routes of one group: the route's name, its two functions in the wasm, and the page.
macro_rules! group {
    ($group:ident: $($name:ident, $view:ident, $load:ident: $page:ty;)+) => {$(
        pub struct $name {
            /// Knows the address, and stays while the page is shown.
            owner: Owner,
        }

        #[leptos::wasm_split::wasm_split($group, wasm_split_path = ::leptos::wasm_split, preload($load), fallible)]
        fn $view(owner: Owner) -> Result<AnyView, SplitLoaderError> {
            Ok(<$page as PageRoute>::view(page_within(&owner)))
        }

        impl LazyRoute for $name {
            fn data() -> Self {
                Self { owner: Owner::current().expect("the router makes one for each page") }
            }

            async fn view(this: Self) -> AnyView {
                // Tells the page's head which files to fetch ahead.
                #[cfg(feature = "ssr")]
                leptos::prefetch_lazy_fn_on_server(stringify!($group));
                $view(this.owner).await.expect("loaded before, else nobody comes here")
            }

            async fn preload() {
                #[cfg(not(feature = "ssr"))]
                kit::route::loaded_or_left($load().await).await;
            }
        }
    )+};
}

group! { public:
    Landing, view_landing, load_landing: pages_home::LandingPage;
    Pricing, view_pricing, load_pricing: pages_home::PricingPage;
    Mailbox, view_mailbox, load_mailbox: pages_home::MailboxPage;
    Gallery, view_gallery, load_gallery: pages_home::GalleryPage;
    SignUp, view_sign_up, load_sign_up: pages_identity::SignUpPage;
    SignIn, view_sign_in, load_sign_in: pages_identity::SignInPage;
    ForgotPassword, view_forgot_password, load_forgot_password: pages_identity::ForgotPasswordPage;
    ResetPassword, view_reset_password, load_reset_password: pages_identity::ResetPasswordPage;
    VerifyEmail, view_verify_email, load_verify_email: pages_identity::VerifyEmailPage;
    AcceptInvitation, view_accept_invitation, load_accept_invitation: pages_identity::AcceptInvitationPage;
    ProviderSignIn, view_provider_sign_in, load_provider_sign_in: pages_identity::ProviderSignInPage;
}

// Where people arrive: what it loads is what they wait for.
group! { services:
    Services, view_services, load_services: pages_provisioning::ServicesPage;
}

group! { service:
    Onboarding, view_onboarding, load_onboarding: pages_onboarding::OnboardingPage;
    Catalog, view_catalog, load_catalog: pages_catalog::CatalogPage;
    Offering, view_offering, load_offering: pages_catalog::OfferingPage;
    Service, view_service, load_service: pages_provisioning::ServicePage;
    Monitoring, view_monitoring, load_monitoring: pages_monitoring::MonitoringPage;
    Check, view_check, load_check: pages_monitoring::CheckPage;
}

group! { account:
    Billing, view_billing, load_billing: pages_billing::BillingPage;
    Invoice, view_invoice, load_invoice: pages_billing::InvoicePage;
    Team, view_team, load_team: pages_identity::TeamPage;
    Settings, view_settings, load_settings: pages_identity::SettingsPage;
    Security, view_security, load_security: pages_identity::SecurityPage;
    ApiKeys, view_api_keys, load_api_keys: pages_identity::ApiKeysPage;
    Activity, view_activity, load_activity: pages_compliance::ActivityPage;
}

group! { provider:
    ProviderHome, view_provider_home, load_provider_home: pages_compliance::ProviderHomePage;
    Tenants, view_tenants, load_tenants: pages_identity::TenantsPage;
    Tenant, view_tenant, load_tenant: pages_identity::TenantPage;
    Orders, view_orders, load_orders: pages_provisioning::OrdersPage;
    Operation, view_operation, load_operation: pages_provisioning::OperationPage;
    ProviderInvoices, view_provider_invoices, load_provider_invoices: pages_billing::ProviderInvoicesPage;
    ProviderCatalog, view_provider_catalog, load_provider_catalog: pages_catalog::ProviderCatalogPage;
    ProviderOffering, view_provider_offering, load_provider_offering: pages_catalog::ProviderOfferingPage;
    Audit, view_audit, load_audit: pages_compliance::AuditPage;
    ProviderSettings, view_provider_settings, load_provider_settings: pages_identity::ProviderSettingsPage;
}

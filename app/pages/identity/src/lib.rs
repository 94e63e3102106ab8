//! Pages of people and organisations: the ways in, the team, settings and security, and the provider's list of tenants.

#[cfg(feature = "ssr")]
mod answer;
mod api_keys;
mod door;
#[cfg(feature = "ssr")]
pub mod export;
mod outcome;
pub mod provider;
mod security;
mod session;
mod settings;
mod team;
mod words;

pub use api_keys::ApiKeysPage;
pub use door::{
    accept_invitation::AcceptInvitationPage, forgot_password::ForgotPasswordPage, reset_password::ResetPasswordPage, sign_in::SignInPage,
    sign_up::SignUpPage, verify_email::VerifyEmailPage,
};
pub use provider::{settings::ProviderSettingsPage, sign_in::ProviderSignInPage, tenant::TenantPage, tenants::TenantsPage};
pub use security::SecurityPage;
#[cfg(feature = "ssr")]
pub use session::FORMS;
pub use settings::SettingsPage;
pub use team::TeamPage;

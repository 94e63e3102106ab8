//! Pages of onboarding: the wizard that leads a new organisation to its first running service.

#[cfg(feature = "ssr")]
mod answer;
mod calls;
mod sheet;
mod wizard;

pub use wizard::OnboardingPage;

//! Pages of onboarding.

//! Area onboarding.

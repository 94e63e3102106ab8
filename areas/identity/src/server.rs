//! Use cases of the identity area, and how other areas read it.

pub(crate) mod codes;
pub(crate) mod hashing;
pub(crate) mod links;
pub(crate) mod mails;
pub(crate) mod open_session;
pub(crate) mod store;
pub(crate) mod throttle;
pub(crate) mod trail;

mod accept_invitation;
mod audited;
mod caller;
mod invite_member;
pub mod jobs;
mod me;
mod members;
mod organisation;
mod provider;
mod reset_password;
mod sessions;
mod sign_in;
mod sign_up;
mod switch_organisation;
mod verify_email;

pub use accept_invitation::{AcceptError, accept_invitation, read_invitation};
pub use audited::{
    change_password, change_role, end_session, forget_view, invite_member, remove_member, revoke_invitation, save_view, switch_organisation, update_me,
    update_organisation, update_provider,
};
pub use caller::{caller_from_session, standing};
pub use jobs::sweep;
pub use me::{MeError, me};
pub use members::{TeamError, staff, team};
pub use organisation::{
    OrganisationError, RequestsAllowed, active_tenants, choose_tier, contacts, fix_currency, leave_tier, members, my_organisation, names_for_staff,
    names_of, organisation, organisation_for_staff, organisation_and_colleague, organisation_names_for_staff, requests_at_door, technical_contacts, time_zones,
};
pub use provider::{AdminError, create_operator, create_tenant, ensure_provider, list_tenants, provider, provider_by_now, tenant_by_id, tenant_by_slug};
pub use reset_password::{ResetError, request_password_reset, reset_password};
pub use sessions::{SessionError, end_other_sessions, sessions, sign_out};
pub use sign_in::{SignInError, sign_in};
pub use sign_up::{SignUpError, sign_up};
pub use switch_organisation::SwitchError;
pub use verify_email::{VerifyError, resend_verification, verify_email};

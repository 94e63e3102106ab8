//! Words of the trail: actions, actors, areas, and the pages of what was acted on.

use i18n::tr;
#[cfg(feature = "ssr")]
use kernel::FieldError;

/// What was done, in the reader's language; an unknown action speaks for itself.
pub fn action(code: &str) -> String {
    known(code).map_or_else(|| code.replace(['.', '_'], " "), str::to_owned)
}

fn known(code: &str) -> Option<&'static str> {
    Some(match code {
        "billing.account.opened" => tr!(compliance.actions.billing_account_opened),
        "billing.credit.granted" => tr!(compliance.actions.billing_credit_granted),
        "billing.dunning.run" => tr!(compliance.actions.billing_dunning_run),
        "billing.instance.subscribed" => tr!(compliance.actions.billing_instance_subscribed),
        "billing.payment.answered" => tr!(compliance.actions.billing_payment_answered),
        "billing.payment.attempted" => tr!(compliance.actions.billing_payment_attempted),
        "billing.payment.recorded" => tr!(compliance.actions.billing_payment_recorded),
        "billing.subscription.changed" => tr!(compliance.actions.billing_subscription_changed),
        "billing.subscription.ended" => tr!(compliance.actions.billing_subscription_ended),
        "billing.terms.closed" => tr!(compliance.actions.billing_terms_closed),
        "billing.tier.subscribed" => tr!(compliance.actions.billing_tier_subscribed),
        "catalog.offering.created" => tr!(compliance.actions.catalog_offering_created),
        "catalog.offering.described" => tr!(compliance.actions.catalog_offering_described),
        "catalog.offering.paused" => tr!(compliance.actions.catalog_offering_paused),
        "catalog.offering.resumed" => tr!(compliance.actions.catalog_offering_resumed),
        "catalog.offering.archived" => tr!(compliance.actions.catalog_offering_archived),
        "catalog.version.drafted" => tr!(compliance.actions.catalog_version_drafted),
        "catalog.version.edited" => tr!(compliance.actions.catalog_version_edited),
        "catalog.version.published" => tr!(compliance.actions.catalog_version_published),
        "identity.organisation.created" => tr!(compliance.actions.identity_organisation_created),
        "identity.organisation.updated" => tr!(compliance.actions.identity_organisation_updated),
        "identity.member.invited" => tr!(compliance.actions.identity_member_invited),
        "identity.member.joined" => tr!(compliance.actions.identity_member_joined),
        "identity.member.role_changed" => tr!(compliance.actions.identity_member_role_changed),
        "identity.member.removed" => tr!(compliance.actions.identity_member_removed),
        "identity.invitation.revoked" => tr!(compliance.actions.identity_invitation_revoked),
        "identity.session.opened" => tr!(compliance.actions.identity_session_opened),
        "identity.session.entered" => tr!(compliance.actions.identity_session_entered),
        "identity.password.changed" => tr!(compliance.actions.identity_password_changed),
        "identity.person.updated" => tr!(compliance.actions.identity_person_updated),
        "identity.staff.created" => tr!(compliance.actions.identity_staff_created),
        "integrations.key.created" => tr!(compliance.actions.integrations_key_created),
        "integrations.key.revoked" => tr!(compliance.actions.integrations_key_revoked),
        "monitoring.maintenance.planned" => tr!(compliance.actions.monitoring_maintenance_planned),
        "monitoring.maintenance.cancelled" => tr!(compliance.actions.monitoring_maintenance_cancelled),
        "monitoring.maintenance.ended" => tr!(compliance.actions.monitoring_maintenance_ended),
        "onboarding.step.skipped" => tr!(compliance.actions.onboarding_step_skipped),
        "onboarding.step.taken_up" => tr!(compliance.actions.onboarding_step_taken_up),
        "provisioning.instance.ordered" => tr!(compliance.actions.provisioning_instance_ordered),
        "provisioning.instance.plan_changed" => tr!(compliance.actions.provisioning_instance_plan_changed),
        "provisioning.instance.configured" => tr!(compliance.actions.provisioning_instance_configured),
        "provisioning.instance.suspended" => tr!(compliance.actions.provisioning_instance_suspended),
        "provisioning.instance.resumed" => tr!(compliance.actions.provisioning_instance_resumed),
        "provisioning.instance.deleted" => tr!(compliance.actions.provisioning_instance_deleted),
        "provisioning.instance.restored" => tr!(compliance.actions.provisioning_instance_restored),
        "provisioning.instance.removed" => tr!(compliance.actions.provisioning_instance_removed),
        "provisioning.instance.drifted" => tr!(compliance.actions.provisioning_instance_drifted),
        "provisioning.instance.repair_ordered" => tr!(compliance.actions.provisioning_instance_repair_ordered),
        "provisioning.instance.data_lost" => tr!(compliance.actions.provisioning_instance_data_lost),
        "provisioning.credentials.revealed" => tr!(compliance.actions.provisioning_credentials_revealed),
        "provisioning.credentials.rotated" => tr!(compliance.actions.provisioning_credentials_rotated),
        "provisioning.operation.retried" => tr!(compliance.actions.provisioning_operation_retried),
        _ => return None,
    })
}

pub fn actor(kind: &str) -> &'static str {
    match kind {
        "person" => tr!(compliance.actors.person),
        "key" => tr!(compliance.actors.key),
        "staff" => tr!(compliance.actors.staff),
        "system" => tr!(compliance.actors.system),
        _ => tr!(compliance.actors.nobody),
    }
}

/// What actions of an area begin with, and its name.
pub fn areas() -> Vec<(&'static str, &'static str)> {
    vec![
        ("provisioning.", tr!(compliance.areas.provisioning)),
        ("billing.", tr!(compliance.areas.billing)),
        ("identity.", tr!(compliance.areas.identity)),
        ("integrations.", tr!(compliance.areas.integrations)),
        ("monitoring.", tr!(compliance.areas.monitoring)),
        ("onboarding.", tr!(compliance.areas.onboarding)),
        ("catalog.", tr!(compliance.areas.catalog)),
    ]
}

/// The page of what an id names; staff and tenants have pages of their own.
pub fn page_of(id: &str, staff: bool) -> Option<String> {
    let (prefix, _) = id.split_once('_')?;
    match (prefix, staff) {
        ("ins", false) => Some(format!("/services/{id}")),
        ("inv", false) => Some(format!("/billing/invoices/{id}")),
        ("org", false) => Some("/settings".to_owned()),
        ("per" | "ivt", false) => Some("/team".to_owned()),
        ("mnt", false) => Some("/monitoring#maintenance".to_owned()),
        ("key", false) => Some("/settings/api-keys".to_owned()),
        ("sub", false) => Some("/billing".to_owned()),
        ("op", true) => Some(format!("/provider/operations/{id}")),
        ("org", true) => Some(format!("/provider/tenants/{id}")),
        ("off" | "ver", true) => Some("/provider/catalog".to_owned()),
        _ => None,
    }
}

/// A mistyped filter in the reader's words.
#[cfg(feature = "ssr")]
pub fn complaint(complaint: FieldError) -> FieldError {
    let words = match complaint.code.as_str() {
        "time" => tr!(compliance.wrong.time),
        "cursor" => tr!(compliance.wrong.cursor),
        _ => return complaint,
    };
    FieldError::new(complaint.field, complaint.code, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_word_yet_is_still_readable() {
        assert_eq!(action("support.ticket.closed_again"), "support ticket closed again");
        assert_eq!(action("identity.session.opened"), "Signed in");
    }

    #[test]
    fn only_what_has_a_page_leads_somewhere() {
        assert_eq!(page_of("ins_01", false).as_deref(), Some("/services/ins_01"));
        assert_eq!(page_of("ins_01", true), None);
        assert_eq!(page_of("profile", false), None);
    }
}

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
        "billing.seller.changed" => tr!(compliance.actions.billing_seller_changed),
        "billing.settings.changed" => tr!(compliance.actions.billing_settings_changed),
        "billing.subscription.cancelled" => tr!(compliance.actions.billing_subscription_cancelled),
        "billing.subscription.changed" => tr!(compliance.actions.billing_subscription_changed),
        "billing.subscription.ended" => tr!(compliance.actions.billing_subscription_ended),
        "billing.subscription.kept" => tr!(compliance.actions.billing_subscription_kept),
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
        "identity.email.verified" => tr!(compliance.actions.identity_email_verified),
        "identity.member.invited" => tr!(compliance.actions.identity_member_invited),
        "identity.member.joined" => tr!(compliance.actions.identity_member_joined),
        "identity.member.role_changed" => tr!(compliance.actions.identity_member_role_changed),
        "identity.member.removed" => tr!(compliance.actions.identity_member_removed),
        "identity.invitation.revoked" => tr!(compliance.actions.identity_invitation_revoked),
        "identity.session.opened" => tr!(compliance.actions.identity_session_opened),
        "identity.session.entered" => tr!(compliance.actions.identity_session_entered),
        "identity.session.refused" => tr!(compliance.actions.identity_session_refused),
        "identity.session.ended" => tr!(compliance.actions.identity_session_ended),
        "identity.session.others_ended" => tr!(compliance.actions.identity_session_others_ended),
        "identity.password.changed" => tr!(compliance.actions.identity_password_changed),
        "identity.password.reset_asked" => tr!(compliance.actions.identity_password_reset_asked),
        "identity.password.reset" => tr!(compliance.actions.identity_password_reset),
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
        "provisioning.instance.plan_change_planned" => tr!(compliance.actions.provisioning_instance_plan_change_planned),
        "provisioning.instance.plan_change_dropped" => tr!(compliance.actions.provisioning_instance_plan_change_dropped),
        "provisioning.instance.plan_kept" => tr!(compliance.actions.provisioning_instance_plan_kept),
        "provisioning.instance.configured" => tr!(compliance.actions.provisioning_instance_configured),
        "provisioning.instance.suspended" => tr!(compliance.actions.provisioning_instance_suspended),
        "provisioning.instance.resumed" => tr!(compliance.actions.provisioning_instance_resumed),
        "provisioning.instance.deleted" => tr!(compliance.actions.provisioning_instance_deleted),
        "provisioning.instance.ended" => tr!(compliance.actions.provisioning_instance_ended),
        "provisioning.instance.restored" => tr!(compliance.actions.provisioning_instance_restored),
        "provisioning.instance.removed" => tr!(compliance.actions.provisioning_instance_removed),
        "provisioning.instance.drifted" => tr!(compliance.actions.provisioning_instance_drifted),
        "provisioning.instance.repair_ordered" => tr!(compliance.actions.provisioning_instance_repair_ordered),
        "provisioning.instance.data_lost" => tr!(compliance.actions.provisioning_instance_data_lost),
        "provisioning.credentials.revealed" => tr!(compliance.actions.provisioning_credentials_revealed),
        "provisioning.credentials.rotated" => tr!(compliance.actions.provisioning_credentials_rotated),
        "provisioning.operation.retried" => tr!(compliance.actions.provisioning_operation_retried),
        "provisioning.operation.succeeded" => tr!(compliance.actions.provisioning_operation_succeeded),
        "provisioning.operation.failed" => tr!(compliance.actions.provisioning_operation_failed),
        "access.refused" => tr!(compliance.actions.access_refused),
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

/// A part of the platform that acts by itself: its area's name, or what it does. One that has no words yet is shown as it
/// is named.
pub fn part(name: &str) -> String {
    let words = match name {
        "billing" => tr!(compliance.areas.billing),
        "provisioning" => tr!(compliance.areas.provisioning),
        "monitoring" | "monitor" | "uptime" => tr!(compliance.areas.monitoring),
        "metering" => tr!(compliance.parts.metering),
        "reconciler" => tr!(compliance.parts.reconciler),
        "serve" | "start" => tr!(compliance.parts.start),
        "worker" => tr!(compliance.parts.worker),
        "demo" => tr!(compliance.parts.demo),
        other => other,
    };
    tr!(compliance.actors.part, part = words.to_owned()).to_string()
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
    fn the_platforms_parts_are_named_in_words() {
        assert_eq!([part("billing"), part("serve")], ["The platform (Billing)", "The platform (start)"]);
        assert_eq!(part("archive"), "The platform (archive)");
    }

    /// Every action that the areas write into the trail.
    const WRITTEN: [&str; 69] = [
        "access.refused",
        "billing.account.opened",
        "billing.credit.granted",
        "billing.dunning.run",
        "billing.instance.subscribed",
        "billing.payment.answered",
        "billing.payment.attempted",
        "billing.payment.recorded",
        "billing.seller.changed",
        "billing.settings.changed",
        "billing.subscription.cancelled",
        "billing.subscription.changed",
        "billing.subscription.ended",
        "billing.subscription.kept",
        "billing.terms.closed",
        "billing.tier.subscribed",
        "catalog.offering.archived",
        "catalog.offering.created",
        "catalog.offering.described",
        "catalog.offering.paused",
        "catalog.offering.resumed",
        "catalog.version.drafted",
        "catalog.version.edited",
        "catalog.version.published",
        "identity.email.verified",
        "identity.invitation.revoked",
        "identity.member.invited",
        "identity.member.joined",
        "identity.member.removed",
        "identity.member.role_changed",
        "identity.organisation.created",
        "identity.organisation.updated",
        "identity.password.changed",
        "identity.password.reset",
        "identity.password.reset_asked",
        "identity.person.updated",
        "identity.session.ended",
        "identity.session.entered",
        "identity.session.opened",
        "identity.session.others_ended",
        "identity.session.refused",
        "identity.staff.created",
        "integrations.key.created",
        "integrations.key.revoked",
        "monitoring.maintenance.cancelled",
        "monitoring.maintenance.ended",
        "monitoring.maintenance.planned",
        "onboarding.step.skipped",
        "onboarding.step.taken_up",
        "provisioning.credentials.revealed",
        "provisioning.credentials.rotated",
        "provisioning.instance.configured",
        "provisioning.instance.data_lost",
        "provisioning.instance.deleted",
        "provisioning.instance.drifted",
        "provisioning.instance.ended",
        "provisioning.instance.ordered",
        "provisioning.instance.plan_change_dropped",
        "provisioning.instance.plan_change_planned",
        "provisioning.instance.plan_changed",
        "provisioning.instance.plan_kept",
        "provisioning.instance.removed",
        "provisioning.instance.repair_ordered",
        "provisioning.instance.restored",
        "provisioning.instance.resumed",
        "provisioning.instance.suspended",
        "provisioning.operation.failed",
        "provisioning.operation.retried",
        "provisioning.operation.succeeded",
    ];

    #[test]
    fn what_the_areas_write_has_words() {
        let silent: Vec<&str> = WRITTEN.into_iter().filter(|code| known(code).is_none()).collect();
        assert!(silent.is_empty(), "{silent:?}");
    }

    #[test]
    fn only_what_has_a_page_leads_somewhere() {
        assert_eq!(page_of("ins_01", false).as_deref(), Some("/services/ins_01"));
        assert_eq!(page_of("ins_01", true), None);
        assert_eq!(page_of("profile", false), None);
    }
}

//! The one map from refusal codes to HTTP, with what to do about each.

/// One kind of trouble: stable code, status, title, and what to do about it.
pub struct Known {
    pub code: &'static str,
    pub status: u16,
    pub title: &'static str,
    pub help: &'static str,
}

macro_rules! known {
    ($($code:literal, $status:literal, $title:literal, $help:literal;)*) => {
        /// Every kind of trouble, in the order in which the documentation lists them.
        pub const KNOWN: &[Known] = &[$(Known { code: $code, status: $status, title: $title, help: $help }),*];
    };
}

known! {
    "access.signed_out", 401, "A valid API key is needed", "Send `Authorization: Bearer <key>` with a key that is neither revoked nor expired.";
    "access.denied", 403, "The key does not reach this far", "Use a key that has the scope named with the operation.";
    "access.no_tenant", 403, "The key belongs to no organisation", "Make a key in the organisation's settings.";
    "access.too_many_failures", 429, "Too many wrong keys from this address", "Wait as long as `Retry-After` says.";
    "rate.exceeded", 429, "Too many requests", "Wait as long as `Retry-After` says; `RateLimit` tells beforehand.";
    "route.not_found", 404, "There is no such address", "Compare the path with this reference.";
    "route.method", 405, "The address does not take this method", "`Allow` lists those it takes.";
    "route.not_acceptable", 406, "The answer is not available in this form", "Accept one of the types listed with the operation.";
    "body.too_large", 413, "The body is too large", "256 kB at most, 1 MB for events; send large batches in parts.";
    "body.media_type", 415, "The body's type is not understood", "Send one of the types listed with the operation, uncompressed, in UTF-8.";
    "body.not_json", 400, "The body is not JSON", "`line` and `column` say where reading stopped.";
    "body.invalid", 422, "The body does not fit", "`errors` lists each field by its JSON pointer.";
    "query.invalid", 400, "A query parameter does not fit", "`errors` names the parameter.";
    "header.invalid", 400, "A header does not fit", "`detail` names the header.";
    "cursor.invalid", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter; or begin again without.";
    "idempotency.other_body", 422, "The idempotency key was used for a different request", "Use a fresh key for each request that is not a repeat.";
    "idempotency.in_flight", 409, "The first request with this idempotency key is still running", "Try again after `Retry-After` seconds to receive its answer.";
    "etag.changed", 412, "It was changed meanwhile", "Read it again and decide anew; `ETag` names its present version.";
    "catalog.not_found", 404, "There is no such offering", "List the offerings for those on sale.";
    "provisioning.not_found", 404, "There is no such instance or operation", "List the instances for those that exist.";
    "provisioning.bad_cursor", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter.";
    "provisioning.invalid", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "provisioning.no_such_plan", 422, "There is no such plan for sale", "Take a plan's id from the offerings.";
    "provisioning.order_conflict", 409, "The id belongs to a different order", "Choose a fresh id, or send the first order's content.";
    "provisioning.limit_reached", 403, "The organisation's tier allows no more instances", "Delete one, or choose a higher tier.";
    "provisioning.busy", 409, "Another change is under way", "Follow the operation that `operation` names, then try again.";
    "provisioning.wrong_state", 409, "The instance's state does not take this change", "`actions` of the instance lists what it takes now.";
    "provisioning.held_by_customer", 409, "The instance is suspended on its owner's wish", "Resume it.";
    "provisioning.held_for_debt", 409, "The instance is suspended for an unpaid invoice", "Pay the invoice; it comes back by itself.";
    "provisioning.held_by_staff", 409, "The instance is suspended by the provider", "Ask the provider.";
    "provisioning.stale", 412, "It was changed meanwhile", "Read it again and decide anew; `ETag` names its present version.";
    "provisioning.other_service", 422, "The plan belongs to another service", "Choose a plan of the instance's own offering.";
    "provisioning.below_use", 409, "The plan allows less than is used now", "`detail` has the numbers; free some first.";
    "provisioning.cancelled", 409, "Its subscription is cancelled to the end of its term", "Keep the subscription first, then choose another plan.";
    "provisioning.no_credentials", 409, "There are no credentials to show", "Wait until the instance runs; some services have none.";
    "provisioning.already_shown", 409, "The credentials were shown already", "Rotate them for new ones.";
    "provisioning.not_retryable", 409, "This operation cannot be tried again", "Only the newest operation of an instance can, when it failed.";
    "monitoring.not_found", 404, "There is no such check", "The instance's status lists its checks.";
    "monitoring.bad_cursor", 400, "The cursor does not belong to this list", "Take cursors from `next` as they are, with the same filter.";
    "event.invalid", 422, "The event needs another look", "`errors` lists each attribute by its JSON pointer.";
    "event.no_such_instance", 409, "The event names an instance that is not there", "`subject` is the id of one of the organisation's instances.";
    "event.conflict", 409, "An event with this source and id was accepted with another payload", "Give every fact an id of its own; a repeat is sent unchanged.";
    "event.too_late", 409, "The event's term was closed too long ago", "It is kept and listed, but not charged; report usage within two terms.";
    "event.not_subscribed", 409, "Nothing was subscribed to at the event's time", "It is kept and listed, but not charged; report usage of the time between the order and the end.";
    "event.unknown_meter", 409, "The instance's plan has no such meter", "It is kept and listed, but not charged; the offerings name each plan's meters.";
    "event.too_large", 409, "The event is more than an invoice can bear", "It is kept and listed, but not charged; report smaller quantities, each fact once.";
    "billing.subscription_not_found", 404, "There is no such subscription", "List the subscriptions for those that exist.";
    "billing.invoice_not_found", 404, "There is no such invoice", "List the invoices for those that exist.";
    "billing.line_not_found", 404, "There is no such line on this invoice", "The invoice lists its lines.";
    "billing.plan_not_found", 422, "There is no such plan for sale", "Take a plan's id from the offerings.";
    "billing.no_account", 409, "The organisation's billing account is not open yet", "Complete the organisation's profile first.";
    "billing.not_sold", 422, "The plan is not sold for this term in this currency", "`errors` names what was asked for; the offerings list prices by currency and interval.";
    "billing.too_large", 422, "The numbers are too large to calculate with", "Ask for less.";
    "billing.subscription_ended", 409, "The subscription has ended", "Order anew.";
    "billing.subscription_cancelled", 409, "The subscription is cancelled to the end of its term", "Keep it first.";
    "billing.term_not_over", 409, "The term is not over yet", "Wait for its end.";
    "billing.other_offering", 409, "The plan belongs to another service", "Choose a plan of the same offering.";
    "billing.at_service", 409, "A service's plan is changed at the service", "Change the instance's `plan` (`PATCH /api/v1/instances/{id}`).";
    "billing.below_use", 409, "The tier allows less than there is now", "`detail` has the numbers; make room first.";
    "billing.restricted", 403, "Unpaid invoices restrict the organisation", "Pay the open invoices (`GET /api/v1/invoices?state=open` lists them); ordering opens again as soon as the payment is recorded.";
    "billing.payment_recorded", 409, "A payment with this reference was recorded before", "Nothing is to be done.";
    "billing.open_changed", 409, "Something else is open on the invoice by now", "Look at the invoice again.";
    "billing.other_currency", 422, "The currency is not the account's", "Use the account's currency.";
    "billing.payment_under_way", 409, "A payment for this invoice is under way", "Wait for its end.";
    "billing.invoice_paid", 409, "The invoice is paid already", "Nothing is to be done.";
    "billing.no_such_gateway", 422, "The payment method is not known here", "Choose another.";
    "billing.fields", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "identity.invalid", 422, "Some fields need another look", "`errors` lists each field by its JSON pointer.";
    "fault.passing", 503, "Service Hub is out of breath for a moment", "Nothing was changed by this request as far as is known; try again after `Retry-After` seconds, with the same idempotency key.";
    "fault", 500, "Something broke on our side", "It was logged under `trace_id`; try again, or tell the provider that id.";
}

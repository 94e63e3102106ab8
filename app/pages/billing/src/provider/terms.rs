//! How invoices are numbered, how long there is to pay, and on which days what follows when nobody does.

use super::{calls::SaveTerms, sheets::TermsForm};
use billing::{dunning::DunningPolicy, view::PaymentTerms};
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Terms(known: TermsForm) -> impl IntoView {
    let action = ServerAction::<SaveTerms>::new();
    let days = || tr!(billing.terms.days);
    let states = [
        ("overdue", tr!(billing.terms.overdue).to_owned(), known.overdue),
        ("warned", tr!(billing.terms.warned).to_owned(), known.warned),
        ("restricted", tr!(billing.terms.restricted).to_owned(), known.restricted),
        ("suspended", tr!(billing.terms.suspended).to_owned(), known.suspended),
        ("ended", tr!(billing.terms.ended).to_owned(), known.ended),
    ];
    view! {
        <Section id="terms".to_owned() title=tr!(billing.terms.title) says=tr!(billing.terms.says)>
            <Card class="stack">
                <Form action=action>
                    <TextField name="form[entity]" label=tr!(billing.terms.entity) help=tr!(billing.terms.entity_help) max_length=PaymentTerms::LONGEST_ENTITY as u32 value=known.entity required=true/>
                    <NumberField name="form[net_days]" label=tr!(billing.terms.net_days) unit=days() value=known.net_days min="0" max=PaymentTerms::MOST_NET_DAYS.to_string() required=true/>
                    <NumberField name="form[grace_terms]" label=tr!(billing.terms.grace_terms) help=tr!(billing.terms.grace_help) value=known.grace_terms min="0" max=PaymentTerms::MOST_GRACE_TERMS.to_string() required=true/>
                    <fieldset class="schema-row">
                        <legend class="field-label">{tr!(billing.terms.after_due)}</legend>
                        {states.into_iter().map(|(name, label, value)| day(name, label, value)).collect_view()}
                        <NumberField name="form[notice]" label=tr!(billing.terms.notice) help=tr!(billing.terms.notice_help) unit=days() value=known.notice min="1" max=DunningPolicy::MOST_NOTICE.to_string() required=true/>
                    </fieldset>
                    <SubmitButton>{tr!(common.save)}</SubmitButton>
                </Form>
            </Card>
        </Section>
    }
}

/// So many days after the due date.
fn day(name: &str, label: String, value: String) -> impl IntoView + use<> {
    view! { <NumberField name=format!("form[{name}]") label=label unit=tr!(billing.terms.days) value=value min="1" max=DunningPolicy::MOST_DAYS.to_string() required=true/> }
}

//! The order form of one plan, drawn from its JSON Schema, beside its exact price.

use super::{
    back::way_back,
    quote::{Pricing, Quote},
};
use crate::calls::Order as OrderAction;
use catalog::PlanCard;
use kernel::Need;
use kit::prelude::*;
use leptos::prelude::*;
use provisioning::commands::NAME_LENGTH;

#[component]
pub fn Order(
    card: PlanCard,
    instance: String,
    /// Unpaid invoices keep the organisation from ordering.
    held: bool,
    pricing: Pricing,
) -> impl IntoView {
    let plan = card.plan.terms.name.get(i18n::language()).to_owned();
    let may_order = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    view! {
        <Section id="order".to_owned() title=tr!(catalog.order.title, plan = plan) says=tr!(catalog.order.says)>
            <div class="split">
                {if may_order && held {
                    view! {
                        <Callout tone=Tone::Warn title=tr!(catalog.order.held_title)>
                            <p>{tr!(catalog.refused.restricted)}</p>
                            <p><a class="link" href="/billing">{tr!(catalog.order.to_billing)}</a></p>
                        </Callout>
                    }
                    .into_any()
                } else if may_order {
                    view! { <OrderForm card=card.clone() instance=instance/> }.into_any()
                } else {
                    view! { <Callout tone=Tone::Info title=tr!(catalog.order.no_right_title)><p>{tr!(catalog.order.no_right)}</p></Callout> }.into_any()
                }}
                <Quote card=card pricing=pricing/>
            </div>
        </Section>
    }
}

#[component]
fn OrderForm(card: PlanCard, instance: String) -> impl IntoView {
    let action = ServerAction::<OrderAction>::new();
    let most = u32::try_from(NAME_LENGTH).unwrap_or(u32::MAX);
    view! {
        <Card>
            <Form action=action>
                <input type="hidden" name="form[instance]" value=instance/>
                <input type="hidden" name="form[back]" value=way_back()/>
                <input type="hidden" name="form[plan]" value=card.plan.id.to_string()/>
                <TextField name="form[name]" label=tr!(catalog.order.name) help=tr!(catalog.order.name_help) required=true max_length=most autocomplete="off"/>
                <SchemaForm schema=card.plan.terms.config_schema name="form[configuration]"/>
                <FormNote>{tr!(catalog.order.submit_note)}</FormNote>
                <SubmitButton icon=icons::LuRocket>{tr!(catalog.order.submit)}</SubmitButton>
            </Form>
        </Card>
    }
}

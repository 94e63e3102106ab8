//! Another tier: chosen by a form that goes into the address, then shown to the cent, then confirmed.

use crate::{
    calls::ChangeTier as ChangeTierAction,
    sheets::{ChangeSheet, Chosen, TierOption},
    words,
};
use bills::Preview;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;

#[component]
pub fn ChangeTier(change: ChangeSheet) -> impl IntoView {
    let ChangeSheet { subscription, current, options, chosen, key } = change;
    let subscription = subscription.to_string();
    let picked = chosen.as_ref().map_or_else(|| current.clone(), |chosen| chosen.to.clone());
    let choices = options.iter().map(|option| choice(option, &current)).collect::<Vec<_>>();
    let asked = subscription.clone();
    view! {
        <Section id="change".to_owned() title=tr!(billing.change.title) says=tr!(billing.change.says)>
            <div class="split">
                <Card>
                    <AddressForm path="/billing" answer="price" class="stack">
                        <input type="hidden" name="change" value=asked/>
                        <RadioCards name="to" legend=tr!(billing.change.legend) choices=choices value=picked/>
                        <p class="cluster">
                            <button class="btn btn-plain">{tr!(billing.change.preview)}</button>
                            <LinkButton href="/billing" kind=ButtonKind::Quiet>{tr!(billing.change.leave)}</LinkButton>
                        </p>
                    </AddressForm>
                </Card>
                <div id="price">
                    {match chosen {
                        None => view! { <p class="muted">{tr!(billing.change.choose_first)}</p> }.into_any(),
                        Some(Chosen { to, .. }) if to == current => view! { <p class="muted">{tr!(billing.change.same)}</p> }.into_any(),
                        Some(Chosen { preview: Err(why), .. }) => view! { <Callout tone=Tone::Warn title=tr!(billing.change.cannot)><p>{why}</p></Callout> }.into_any(),
                        Some(Chosen { to, preview: Ok(preview) }) => {
                            let fee = options.iter().find(|option| option.to == to).map(|option| (option.fee, option.interval));
                            view! { <Confirmation preview=preview fee=fee subscription=subscription to=to key=key/> }.into_any()
                        }
                    }}
                </div>
            </div>
        </Section>
    }
}

fn choice(option: &TierOption, current: &str) -> Choice {
    let language = i18n::language();
    let name = option.name.get(language);
    let label = if option.to == current { format!("{name} · {}", tr!(billing.change.current)) } else { name.to_owned() };
    let says = format!("{} {} · {}", words::money(option.fee), words::per(option.interval), option.tagline.get(language));
    Choice::new(option.to.clone(), label).says(says)
}

#[component]
fn Confirmation(
    preview: billing::view::ChangePreview,
    fee: Option<(kernel::Money, catalog::Interval)>,
    subscription: String,
    to: String,
    key: String,
) -> impl IntoView {
    let action = ServerAction::<ChangeTierAction>::new();
    let confirm = if preview.now { tr!(billing.change.confirm).to_string() } else { tr!(billing.change.confirm_later, date = date_text(preview.takes_effect_on)).to_string() };
    view! {
        <Card class="stack">
            <Preview preview=preview fee=fee/>
            <Form action=action>
                <input type="hidden" name="form[subscription]" value=subscription/>
                <input type="hidden" name="form[to]" value=to/>
                <input type="hidden" name="form[key]" value=key/>
                <SubmitButton>{confirm}</SubmitButton>
            </Form>
        </Card>
    }
}

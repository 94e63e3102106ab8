//! What the organisation subscribes to, and how each is cancelled, kept or changed.

use crate::{
    calls::{CancelPlan, KeepPlan},
    words,
};
use billing::{
    subscription::{State, Subject},
    view::SubscriptionView,
};
use catalog::Text;
use kit::{prelude::*, time::date_text};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[component]
pub fn Subscriptions(subscriptions: Vec<SubscriptionView>, services: BTreeMap<String, String>, planned: BTreeMap<String, Text>, may_change: bool) -> impl IntoView {
    let cancel = ServerAction::<CancelPlan>::new();
    let keep = ServerAction::<KeepPlan>::new();
    let rows: Vec<Row> = subscriptions.into_iter().map(|subscription| row(subscription, &services, &planned, may_change.then_some((cancel, keep)))).collect();
    let empty = view! {
        <EmptyState icon=icons::LuRepeat title=tr!(billing.subscriptions.empty) says=tr!(billing.subscriptions.empty_says)>
            <LinkButton href="/catalog">{tr!(billing.subscriptions.browse)}</LinkButton>
        </EmptyState>
    };
    let mut columns = vec![
        Column::new("what", tr!(billing.subscriptions.what)),
        Column::new("state", tr!(common.state)),
        Column::new("price", tr!(billing.subscriptions.price)).right(),
        Column::new("term", tr!(billing.subscriptions.term)),
        Column::new("next", tr!(billing.subscriptions.next)),
    ];
    if may_change {
        columns.push(Column::new("actions", tr!(common.actions)));
    }
    let section = if rows.is_empty() {
        empty.into_any()
    } else {
        view! { <Table caption=tr!(billing.subscriptions.title) columns=columns rows=rows fixed=true/> }.into_any()
    };
    view! {
        <Section id="subscriptions".to_owned() title=tr!(billing.subscriptions.title) says=tr!(billing.subscriptions.says)>
            <Refusal error=Signal::derive(move || refusal(cancel.value().get()).or_else(|| refusal(keep.value().get())))/>
            {section}
        </Section>
    }
}

fn refusal(answer: Option<Result<(), PageError>>) -> Option<PageError> {
    answer.and_then(Result::err)
}

/// Why the last act was not taken: the dialog that asked is gone by then.
#[component]
fn Refusal(error: Signal<Option<PageError>>) -> impl IntoView {
    move || {
        error.get().map(|error| {
            let (title, says) = kit::load::words(&error);
            view! { <Callout tone=Tone::Bad title=title alert=true>{says}</Callout> }
        })
    }
}

fn row(
    subscription: SubscriptionView,
    services: &BTreeMap<String, String>,
    planned: &BTreeMap<String, Text>,
    acts: Option<(ServerAction<CancelPlan>, ServerAction<KeepPlan>)>,
) -> Row {
    let language = i18n::language();
    let (state, tone) = words::subscription_state(subscription.state);
    let title = subscription.title.get(language).to_owned();
    let name = match subscription.subject {
        Subject::Tier => title,
        Subject::Instance { instance } => services.get(&instance.to_string()).map_or_else(|| title.clone(), |name| format!("{name} · {title}")),
    };
    let price = match subscription.fee {
        Some(fee) => view! { <span class="nowrap"><Amount money=fee/>" "<span class="muted">{words::per(subscription.choice.interval)}</span></span> }.into_any(),
        None => view! { <span class="muted">{tr!(billing.subscriptions.by_use)}</span> }.into_any(),
    };
    Row::new()
        .cell(view! { <strong class="words">{name.clone()}</strong> })
        .cell(view! { <Chip tone=tone>{state}</Chip> })
        .cell(price)
        .cell(view! { <span class="nowrap">{words::days(subscription.term)}</span> })
        .cell(view! { <span class="block min-w-36">{next(&subscription, planned.get(&subscription.id.to_string()))}</span> })
        .cell(acts.map(|(cancel, keep)| view! { <Acts subscription=subscription name=name cancel=cancel keep=keep/> }))
}

/// What happens when the running term ends.
fn next(subscription: &SubscriptionView, planned: Option<&Text>) -> String {
    let ends = date_text(subscription.term.end);
    match subscription.state {
        State::Trialing { until } => tr!(billing.subscriptions.trial_until, date = date_text(until)).to_string(),
        State::Active { next: Some(_) } => match planned {
            Some(plan) => tr!(billing.subscriptions.changes_to, plan = plan.get(i18n::language()).to_owned(), date = ends).to_string(),
            None => tr!(billing.subscriptions.changes_on, date = ends).to_string(),
        },
        State::Active { next: None } => tr!(billing.subscriptions.renews_on, date = ends).to_string(),
        State::Cancelling { .. } => tr!(billing.subscriptions.ends_on, date = ends).to_string(),
        State::Ended { at, .. } => tr!(billing.subscriptions.ended_on, date = kit::time::date_time_text(at)).to_string(),
    }
}

#[component]
fn Acts(subscription: SubscriptionView, name: String, cancel: ServerAction<CancelPlan>, keep: ServerAction<KeepPlan>) -> impl IntoView {
    let id = subscription.id.to_string();
    match (subscription.state, subscription.subject) {
        (State::Ended { .. }, _) => ().into_any(),
        (State::Cancelling { .. }, _) => view! {
            <Form action=keep quiet=true>
                <input type="hidden" name="subscription" value=id/>
                <SubmitButton kind=ButtonKind::Plain icon=icons::LuUndo2>{tr!(billing.subscriptions.keep)}</SubmitButton>
            </Form>
        }
        .into_any(),
        (State::Active { next: Some(_) }, Subject::Tier) => view! {
            <Form action=keep quiet=true>
                <input type="hidden" name="subscription" value=id/>
                <SubmitButton kind=ButtonKind::Plain icon=icons::LuUndo2>{tr!(billing.subscriptions.keep_tier)}</SubmitButton>
            </Form>
        }
        .into_any(),
        (_, subject) => {
            let ends = date_text(subscription.term.end);
            // A service's plan is changed at the service, where its settings are.
            let (href, label, says) = match subject {
                Subject::Instance { instance } => (
                    format!("/services/{instance}"),
                    tr!(billing.subscriptions.open_service),
                    tr!(billing.subscriptions.cancel_service_says, date = ends).to_string(),
                ),
                Subject::Tier => {
                    (format!("/billing?change={id}#change"), tr!(billing.subscriptions.change), tr!(billing.subscriptions.cancel_says, date = ends).to_string())
                }
            };
            view! {
                <span class="cluster">
                    <LinkButton href=href>{label}</LinkButton>
                    <Confirm
                        id=format!("cancel-{id}")
                        label=tr!(billing.subscriptions.cancel)
                        title=tr!(billing.subscriptions.cancel_title, name = name).to_string()
                        says=says
                        leave=tr!(common.back)
                    >
                        <Form action=cancel quiet=true>
                            <input type="hidden" name="subscription" value=id.clone()/>
                            <SubmitButton kind=ButtonKind::Danger>{tr!(billing.subscriptions.cancel_confirm)}</SubmitButton>
                        </Form>
                    </Confirm>
                </span>
            }
            .into_any()
        }
    }
}

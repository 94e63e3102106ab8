//! The first service: into the catalog and back.

use super::way::address;
use catalog::OfferingCard;
use i18n::tr;
use kernel::{Money, Need};
use kit::prelude::*;
use leptos::prelude::*;
use onboarding::Step;
use provisioning::view::InstanceRow;

#[component]
pub fn ServiceStep(offerings: Vec<OfferingCard>, services: Vec<InstanceRow>) -> impl IntoView {
    let may = use_viewer().is_some_and(|viewer| viewer.may(Need::SERVICES_WRITE));
    let began = !services.is_empty();
    view! {
        {began.then(|| view! { <Services services=services/> })}
        {(!began && !may).then(|| view! { <Callout tone=Tone::Info>{tr!(onboarding.service.others)}</Callout> })}
        {(may && offerings.is_empty()).then(|| view! { <EmptyState icon=icons::LuStore title=tr!(onboarding.service.none_title) says=tr!(onboarding.service.none)/> })}
        {may.then(|| view! { <ul class="plans">{offerings.into_iter().map(|offering| view! { <OfferingBox offering=offering first=!began/> }).collect_view()}</ul> })}
    }
}

/// What was ordered already, with its state as it is now.
#[component]
fn Services(services: Vec<InstanceRow>) -> impl IntoView {
    view! {
        <Card>
            <ul class="flex flex-col gap-2">
                {services.into_iter().map(|service| view! {
                    <li class="flex flex-wrap items-center justify-between gap-2">
                        <span><a class="prose-link" href=format!("/services/{}", service.id)>{service.name.clone()}</a>
                            " "<span class="muted">{service.offering_name.get(i18n::language()).to_owned()}</span></span>
                        <StatusChip state=service.state.code().to_owned()/>
                    </li>
                }).collect_view()}
            </ul>
        </Card>
    }
}

#[component]
fn OfferingBox(offering: OfferingCard, first: bool) -> impl IntoView {
    let language = i18n::language();
    let currency = use_viewer().and_then(|viewer| viewer.organisation).map(|organisation| organisation.currency);
    let from: Option<Money> = offering.from.iter().find(|money| Some(money.currency) == currency).copied();
    let href = format!("/catalog/{}?return={}", offering.slug, address(Step::Service).replace('?', "%3F").replace('=', "%3D").replace('/', "%2F"));
    let kind = if first { ButtonKind::Primary } else { ButtonKind::Plain };
    view! {
        <li class="plan-box" data-offering=offering.slug.clone()>
            <h3 class="plan-name">{offering.name.get(language).to_owned()}</h3>
            <p class="muted">{offering.summary.get(language).to_owned()}</p>
            {from.map(|from| view! { <p class="muted text-[0.8125rem]">{tr!(onboarding.service.from, fee = from.format(language))}</p> })}
            <div class="plan-action"><LinkButton href=href kind=kind>{tr!(onboarding.service.order, service = offering.name.get(language))}</LinkButton></div>
        </li>
    }
}

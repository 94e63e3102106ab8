//! One offering: what it is, its plans side by side, the order form of the chosen plan, and what it will cost to the cent.

use crate::{
    calls::{OfferingSheet, offering},
    catalog_page::category_name,
    offering::{Comparison, Order},
};
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
};

pub struct OfferingPage {
    sheet: Resource<Result<OfferingSheet, PageError>>,
}

impl PageRoute for OfferingPage {
    fn data() -> Self {
        let params = use_params_map();
        Self { sheet: Resource::new(move || params.with(|params| params.get("slug").unwrap_or_default()), offering) }
    }

    fn view(this: Self) -> AnyView {
        view! { <Load resource=this.sheet view=move |sheet| view! { <Offering sheet=sheet/> }/> }.into_any()
    }
}

#[component]
fn Offering(sheet: OfferingSheet) -> impl IntoView {
    let language = i18n::language();
    let OfferingSheet { view, instance } = sheet;
    let (slug, offering) = (view.offering.slug.clone(), view.offering);
    let plans = view.plans;
    let codes: Vec<String> = plans.iter().map(|card| card.plan.terms.code.clone()).collect();
    let query = use_query_map();
    // The first plan stands until another is chosen.
    let chosen = Memo::new(move |_| {
        let asked = query.with(|query| query.get("plan"));
        asked.and_then(|asked| codes.iter().position(|code| *code == asked)).unwrap_or(0)
    });
    let cards = StoredValue::new(plans.clone());
    let card = move || cards.with_value(|cards| cards.get(chosen.get()).cloned());
    let (name, summary, description) = (offering.name.get(language).to_owned(), offering.summary.get(language).to_owned(), offering.description.get(language).to_owned());
    view! {
        <PageHeader
            title=name
            crumbs=vec![Crumb::new(tr!(catalog.title), "/catalog")]
            lead=summary
            aside=view! { <Chip>{category_name(&offering.category)}</Chip> }.into_any()
        />
        {(!description.is_empty()).then(|| view! { <p class="max-w-3xl">{description}</p> })}
        <Comparison plans=plans slug=slug chosen=chosen/>
        {move || card().map(|card| view! { <Order card=card instance=instance.clone()/> })}
    }
}

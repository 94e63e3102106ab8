//! One offering: what it is, its plans side by side, the order form of the chosen plan, and what it will cost to the cent.

use crate::{
    calls::{OfferingSheet, offering},
    catalog_page::category_name,
    offering::{Comparison, Order, Pricing},
};
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

#[derive(Clone)]
pub struct OfferingPage {
    sheet: Resource<Result<OfferingSheet, PageError>>,
    pricing: Pricing,
}

impl PageRoute for OfferingPage {
    fn data() -> Self {
        let params = use_params_map();
        let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
        Self { sheet: Resource::new(move || slug.get(), offering), pricing: Pricing::of(slug) }
    }

    fn view(this: Self) -> AnyView {
        let OfferingPage { sheet, pricing } = this;
        view! { <Load resource=sheet whole=true view=move |sheet| view! { <Offering sheet=sheet pricing=pricing/> }/> }.into_any()
    }
}

#[component]
fn Offering(sheet: OfferingSheet, pricing: Pricing) -> impl IntoView {
    let language = i18n::language();
    let OfferingSheet { view, instance, held } = sheet;
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("plan")));
    let offering = view.offering.clone();
    let (slug, plans) = (offering.slug.clone(), view.plans.clone());
    let (name, summary, description) = (offering.name.get(language).to_owned(), offering.summary.get(language).to_owned(), offering.description.get(language).to_owned());
    let view = StoredValue::new(view);
    // The first plan stands until another is chosen.
    let card = move || asked.with(|code| view.with_value(|view| view.plan_or_first(code.as_deref()).cloned()));
    let chosen = Memo::new(move |_| card().map(|card| card.plan.terms.code).unwrap_or_default());
    view! {
        <PageHeader
            title=name
            crumbs=vec![Crumb::new(tr!(catalog.title), "/catalog")]
            lead=summary
            aside=view! { <Chip>{category_name(&offering.category)}</Chip> }.into_any()
        />
        {(!description.is_empty()).then(|| view! { <p class="max-w-3xl">{description}</p> })}
        <Comparison plans=plans slug=slug chosen=chosen/>
        {move || card().map(|card| view! { <Order card=card instance=instance.clone() held=held pricing=pricing/> })}
    }
}

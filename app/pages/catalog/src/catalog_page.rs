//! Everything that is sold: searched, narrowed by category, with the cheapest price of each.

use crate::calls::{CatalogSheet, offerings};
use catalog::OfferingCard;
use kernel::Currency;
use kit::prelude::*;
use leptos::prelude::*;
use leptos_router::components::Form;

#[derive(Clone)]
pub struct CatalogPage {
    query: Memo<ListQuery>,
    sheet: Resource<Result<CatalogSheet, PageError>>,
}

impl PageRoute for CatalogPage {
    fn data() -> Self {
        let query = use_list_query();
        Self { query, sheet: Resource::new(move || query.get(), offerings) }
    }

    fn view(this: Self) -> AnyView {
        let CatalogPage { query, sheet } = this;
        view! {
            <PageHeader title=tr!(catalog.title) lead=tr!(catalog.lead)/>
            <Load resource=sheet skeleton=SkeletonKind::Cards view=move |sheet| view! { <Shelf sheet=sheet query=query.get_untracked()/> }/>
        }
        .into_any()
    }
}

#[component]
fn Shelf(sheet: CatalogSheet, query: ListQuery) -> impl IntoView {
    let CatalogSheet { cards, categories } = sheet;
    if categories.is_empty() {
        return view! { <EmptyState icon=icons::LuPackageOpen title=tr!(catalog.empty_title) says=tr!(catalog.empty_says)/> }.into_any();
    }
    let currency = use_viewer().and_then(|viewer| viewer.organisation).map(|organisation| organisation.currency);
    view! {
        <Tools query=query categories=categories/>
        {if cards.is_empty() {
            view! {
                <EmptyState icon=icons::LuSearchX title=tr!(catalog.none_title) says=tr!(catalog.none_says)>
                    <LinkButton href="/catalog">{tr!(catalog.show_all)}</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <ul class="grid gap-4 md:grid-cols-2 xl:grid-cols-3">{cards.into_iter().map(|card| offering_card(card, currency)).collect_view()}</ul> }.into_any()
        }}
    }
    .into_any()
}

#[component]
fn Tools(query: ListQuery, categories: Vec<String>) -> impl IntoView {
    let chosen = query.filter("category").map(str::to_owned);
    let address = |category: Option<&str>| {
        let mut narrowed = query.clone();
        match category {
            Some(category) => narrowed.filters.insert("category".to_owned(), category.to_owned()),
            None => narrowed.filters.remove("category"),
        };
        narrowed.address("/catalog")
    };
    let all = (tr!(common.all).to_string(), address(None), chosen.is_none());
    let others = categories.iter().map(|category| (category_name(category), address(Some(category)), chosen.as_ref() == Some(category)));
    let links: Vec<_> = std::iter::once(all).chain(others).collect();
    view! {
        <div class="table-tools">
            <Form method="GET" action="/catalog" attr:class="table-filters" attr:role="search">
                <label class="search-field">
                    <Icon icon=icons::LuSearch/>
                    <span class="sr-only">{tr!(catalog.search)}</span>
                    <input class="input input-sm" type="search" name="q" value=query.q.clone() placeholder=tr!(catalog.search) data-search="true"/>
                </label>
                {chosen.map(|category| view! { <input type="hidden" name="category" value=category/> })}
                <button class="btn btn-plain btn-sm">{tr!(common.search)}</button>
            </Form>
            <nav class="cluster" aria-label=tr!(catalog.categories)>
                {links.into_iter().map(|(label, href, current)| view! {
                    <a class="btn btn-sm" class:btn-plain=current class:btn-ghost=!current href=href aria-current=current.then_some("true")>{label}</a>
                }).collect_view()}
            </nav>
        </div>
    }
}

fn offering_card(card: OfferingCard, currency: Option<Currency>) -> impl IntoView {
    let language = i18n::language();
    let from = card.from.iter().find(|money| Some(money.currency) == currency).map(|money| money.format(language));
    let price = match from {
        Some(price) => tr!(catalog.from, price = price).to_string(),
        None => tr!(catalog.not_sold_here).to_string(),
    };
    let plans = if card.plans == 1 { tr!(catalog.one_plan, count = card.plans).to_string() } else { tr!(catalog.many_plans, count = card.plans).to_string() };
    view! {
        <li class="box stack relative" data-offering=card.slug.clone()>
            <div class="cluster">
                <Icon icon=category_icon(&card.category)/>
                <Chip>{category_name(&card.category)}</Chip>
            </div>
            <h2 class="section-title"><a class="row-link" href=format!("/catalog/{}", card.slug)>{card.name.get(language).to_owned()}</a></h2>
            <p class="muted">{card.summary.get(language).to_owned()}</p>
            <p class="mt-auto cluster"><strong class="tabular">{price}</strong><span class="muted">{plans}</span></p>
        </li>
    }
}

/// A category's name; one that operators made up is shown as they wrote it.
pub fn category_name(category: &str) -> String {
    match category {
        "database" => tr!(catalog.category.database).to_string(),
        "monitoring" => tr!(catalog.category.monitoring).to_string(),
        "platform" => tr!(catalog.category.platform).to_string(),
        other => other.replace('_', " "),
    }
}

fn category_icon(category: &str) -> icondata_core::Icon {
    match category {
        "database" => icons::LuDatabase,
        "monitoring" => icons::LuActivity,
        _ => icons::LuPackage,
    }
}

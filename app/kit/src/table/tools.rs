//! Above a table: search, filters, saved views, columns and export, as one form that goes into the address.

use super::{Column, Filter, ListQuery, views::Views};
use crate::icon::Icon;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use leptos_router::components::Form;
use std::sync::Arc;

#[component]
pub(super) fn Tools(query: ListQuery, path: String, columns: Vec<Column>, filters: Vec<Filter>, search: bool, export: Option<String>) -> impl IntoView {
    let kept: Vec<AnyView> = kept(&query, &filters, search)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect();
    let q = query.q.clone();
    let leaves_out = left_out_of(filters.iter().map(|filter| filter.name));
    let has_form = search || !filters.is_empty();
    let export = export.map(|base| query.without_cursor().address(&base));
    let filters: Vec<AnyView> = filters.into_iter().map(|filter| select(filter, &query)).collect();
    view! {
        <div class="table-tools">
            {has_form.then(|| view! {
                <Form method="GET" action=path.clone() on_form_data=leaves_out attr:class="table-filters" attr:role="search">
                    {search.then(|| view! {
                        <label class="search-field">
                            <Icon icon=icons::LuSearch/>
                            <span class="sr-only">{tr!(kit.table.search)}</span>
                            <input class="input input-sm" type="search" name="q" value=q.clone() prop:value=q placeholder=tr!(kit.table.search) data-search="true"/>
                        </label>
                    })}
                    {filters}
                    {kept}
                    <button class="btn btn-plain btn-sm">{tr!(kit.table.apply)}</button>
                </Form>
            })}
            <div class="table-side">
                <Views query=query.clone() path=path.clone()/>
                <Columns query=query path=path columns=columns/>
                {export.map(|href| view! { <a class="btn btn-ghost btn-sm" href=href rel="external" download=""><Icon icon=icons::LuDownload/>{tr!(kit.table.export)}</a> })}
            </div>
        </div>
    }
}

/// What the form must carry along that it does not ask for itself.
fn kept(query: &ListQuery, filters: &[Filter], search: bool) -> Vec<(String, String)> {
    let asked = |name: &str| (search && name == "q") || name == "after" || filters.iter().any(|filter| filter.name == name);
    query.pairs().into_iter().filter(|(name, _)| !asked(name)).collect()
}

/// Takes out of what a form sends what was left empty, and its nameless button, which the router sends along: neither says
/// anything in the address.
fn left_out_of(filters: impl IntoIterator<Item = &'static str>) -> Arc<dyn Fn(&web_sys::FormData)> {
    let names: Vec<&str> = filters.into_iter().chain(["q", ""]).collect();
    Arc::new(move |sent| {
        for name in names.iter().filter(|name| sent.get(name).as_string().is_some_and(|value| value.is_empty())) {
            sent.delete(name);
        }
    })
}

fn select(filter: Filter, query: &ListQuery) -> AnyView {
    let chosen = query.filter(filter.name).unwrap_or_default().to_owned();
    // Once it was chosen from, it follows its property alone: so it does the address when one goes back.
    let shown = chosen.clone();
    // With scripting a choice applies at once.
    let apply = |event: leptos::ev::Event| {
        use wasm_bindgen::JsCast;
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).and_then(|element| element.closest("form").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
            // Refused only for an invalid form, which has no required field.
            let _ = form.request_submit();
        }
    };
    view! {
        <label class="filter-field">
            <span class="sr-only">{filter.label.clone()}</span>
            <select class="input select input-sm" name=filter.name prop:value=shown on:change=apply>
                <option value="" selected=chosen.is_empty()>{format!("{}: {}", filter.label, tr!(common.all))}</option>
                {filter.choices.into_iter().map(|(value, label)| {
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{label}</option> }
                }).collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// Which columns are seen, in a fold that is a form.
#[component]
fn Columns(query: ListQuery, path: String, columns: Vec<Column>) -> impl IntoView {
    let kept: Vec<(String, String)> = query.pairs().into_iter().filter(|(name, _)| name != "columns").collect();
    view! {
        <details class="menu-fold">
            <summary class="btn btn-ghost btn-sm"><Icon icon=icons::LuColumns3/>{tr!(kit.table.columns)}</summary>
            <Form method="GET" action=path on_form_data=left_out_of([]) attr:class="menu-sheet menu-sheet-right">
                <fieldset>
                    <legend class="sr-only">{tr!(kit.table.show_columns)}</legend>
                    {columns.into_iter().map(|column| {
                        let checked = query.shows(&column);
                        view! { <label class="check"><input type="checkbox" class="checkbox checkbox-sm" name="col" value=column.name checked=checked/><span>{column.label}</span></label> }
                    }).collect_view()}
                </fieldset>
                {kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()}
                <button class="btn btn-plain btn-sm">{tr!(kit.table.apply)}</button>
            </Form>
        </details>
    }
}

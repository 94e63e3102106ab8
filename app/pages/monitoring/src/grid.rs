//! A small table of its own, beside which no search or paging stands.

use leptos::prelude::*;

/// `head`: the columns' names; `rows`: cells in that order.
#[component]
pub fn Grid(#[prop(into)] caption: String, head: Vec<&'static str>, rows: Vec<Vec<AnyView>>) -> impl IntoView {
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
            <table class="grid-table">
                <caption class="sr-only">{caption.clone()}</caption>
                <thead><tr>{head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr></thead>
                <tbody>
                    {rows.into_iter().map(|cells| view! {
                        <tr>{cells.into_iter().map(|cell| view! { <td>{cell}</td> }).collect_view()}</tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

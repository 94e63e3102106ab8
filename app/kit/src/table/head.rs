//! The head of a table: names that sort.

use super::{Column, ListQuery};
use crate::icon::Icon;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;

#[component]
pub(super) fn Head(columns: Vec<Column>, visible: Vec<usize>, query: ListQuery, path: String) -> impl IntoView {
    let shown = columns.into_iter().enumerate().filter(move |(index, _)| visible.contains(index));
    let cells: Vec<AnyView> = shown.map(|(_, column)| cell(column, &query, &path)).collect();
    view! { <thead><tr>{cells}</tr></thead> }
}

fn cell(column: Column, query: &ListQuery, path: &str) -> AnyView {
    let class = column.right.then_some("right");
    if !column.sortable {
        return view! { <th scope="col" class=class>{column.label}</th> }.into_any();
    }
    let sorted = query.sort.as_ref().filter(|sort| sort.column == column.name);
    let (state, icon) = match sorted {
        None => ("none", icons::LuArrowUpDown),
        Some(sort) if sort.descending => ("descending", icons::LuArrowDown),
        Some(_) => ("ascending", icons::LuArrowUp),
    };
    let href = query.sorted_by(column.name).address(path);
    view! {
        <th scope="col" class=class aria-sort=state>
            <a class="sort-link" href=href title=tr!(kit.table.sort_by, column = column.label.clone())>{column.label.clone()}<Icon icon=icon/></a>
        </th>
    }
    .into_any()
}

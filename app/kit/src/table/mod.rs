//! Lists as tables: sorted, filtered, searched and paged by the address, so that they work before scripting, can be
//! bookmarked, and the back button undoes a filter.
//!
//! The server gives a `kernel::Page`; the page turns its rows into `Row`s.

#[cfg(feature = "ssr")]
pub mod csv;
mod head;
mod query;
mod tools;
mod views;

pub use query::{ListQuery, Sort, use_list_query};

use crate::empty::EmptyState;
use head::Head;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use tools::Tools;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As it stands in the address: `created`.
    pub name: &'static str,
    pub label: String,
    pub sortable: bool,
    pub right: bool,
    /// Shown until the reader chooses otherwise.
    pub shown: bool,
}

impl Column {
    pub fn new(name: &'static str, label: impl Into<String>) -> Self {
        Self { name, label: label.into(), sortable: false, right: false, shown: true }
    }

    pub fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    /// For numbers and money.
    pub fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// Left out until it is asked for.
    pub fn hidden(self) -> Self {
        Self { shown: false, ..self }
    }
}

/// A choice that narrows the list: a select in the tools, `?state=running` in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    /// Value and label; "all" is added.
    pub choices: Vec<(String, String)>,
}

impl Filter {
    pub fn new<V: Into<String>, L: Into<String>>(name: &'static str, label: impl Into<String>, choices: impl IntoIterator<Item = (V, L)>) -> Self {
        Self { name, label: label.into(), choices: choices.into_iter().map(|(value, label)| (value.into(), label.into())).collect() }
    }
}

/// One row: its cells in the order of the columns.
pub struct Row {
    href: Option<String>,
    cells: Vec<AnyView>,
}

impl Row {
    pub fn new() -> Self {
        Self { href: None, cells: Vec::new() }
    }

    /// The first cell becomes a link, and the whole row leads there with the pointer.
    pub fn link(href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), cells: Vec::new() }
    }

    pub fn cell(mut self, cell: impl IntoAny) -> Self {
        self.cells.push(cell.into_any());
        self
    }
}

impl Default for Row {
    fn default() -> Self {
        Self::new()
    }
}

/// The table with its tools, its rows and the way to the next page.
#[component]
pub fn Table(
    /// What the table lists, for assistive technology.
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// The cursor after the last row: `page.next`.
    #[prop(optional_no_strip, into)] next: Option<String>,
    #[prop(optional)] search: bool,
    #[prop(optional)] filters: Vec<Filter>,
    /// Where the same list comes as CSV.
    #[prop(optional, into)] export: Option<String>,
    /// Shown when there is nothing at all: an `EmptyState`.
    #[prop(optional)] empty: Option<AnyView>,
    /// The address speaks of another list of the page.
    #[prop(optional)] fixed: bool,
) -> impl IntoView {
    let now = if fixed { ListQuery::default() } else { use_list_query().get_untracked() };
    let path = use_location().pathname.get_untracked();
    let visible: Vec<usize> = columns.iter().enumerate().filter(|(_, column)| now.shows(column)).map(|(index, _)| index).collect();
    let has_tools = search || !filters.is_empty() || export.is_some() || columns.iter().any(|column| !column.shown);
    if rows.is_empty() && !now.narrows() {
        let nothing = empty.unwrap_or_else(|| view! { <EmptyState icon=icons::LuTable2 title=tr!(common.none) says=""/> }.into_any());
        return nothing;
    }
    let nothing_found = rows.is_empty();
    let rights: Vec<bool> = columns.iter().map(|column| column.right).collect();
    let first_page = now.after.is_some().then(|| now.without_cursor().address(&path));
    let next_page = next.map(|cursor| now.after(cursor).address(&path));
    view! {
        <div class="table-block">
            {has_tools.then(|| view! { <Tools query=now.clone() path=path.clone() columns=columns.clone() filters=filters search=search export=export/> })}
            <div class="table-scroll" tabindex="0" role="region" aria-label=caption.clone()>
                <table class="grid-table">
                    <caption class="sr-only">{caption.clone()}</caption>
                    <Head columns=columns visible=visible.clone() query=now.clone() path=path.clone()/>
                    <tbody>{rows.into_iter().map(|row| body_row(row, &visible, &rights)).collect_view()}</tbody>
                </table>
            </div>
            {nothing_found.then(|| view! {
                <EmptyState icon=icons::LuListFilter title=tr!(kit.table.empty_filtered) says=tr!(kit.table.empty_filtered_help)>
                    <a class="btn btn-plain" href=path.clone()>{tr!(kit.table.clear_filters)}</a>
                </EmptyState>
            })}
            {(first_page.is_some() || next_page.is_some()).then(|| view! {
                <nav class="pages" aria-label=tr!(kit.table.pages)>
                    {first_page.map(|href| view! { <a class="btn btn-plain btn-sm" href=href>{tr!(kit.table.first_page)}</a> })}
                    {next_page.map(|href| view! { <a class="btn btn-plain btn-sm" href=href rel="next">{tr!(kit.table.next_page)}</a> })}
                </nav>
            })}
        </div>
    }
    .into_any()
}

fn body_row(row: Row, visible: &[usize], rights: &[bool]) -> impl IntoView + use<> {
    let Row { href, cells } = row;
    let class = href.is_some().then_some("row-leads");
    let mut href = href;
    let cells: Vec<AnyView> = cells
        .into_iter()
        .enumerate()
        .filter(|(index, _)| visible.contains(index))
        .map(|(index, cell)| {
            let class = rights.get(index).copied().unwrap_or(false).then_some("right tabular");
            match href.take() {
                Some(href) => view! { <td class=class><a class="row-link" href=href>{cell}</a></td> }.into_any(),
                None => view! { <td class=class>{cell}</td> }.into_any(),
            }
        })
        .collect();
    view! { <tr class=class>{cells}</tr> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use leptos_router::{components::Router, location::RequestUrl};

    fn page(fixed: bool) -> String {
        Owner::new().with(|| {
            provide_context(RequestUrl::new("/provider/invoices?after=x&columns=number"));
            let table = move || {
                let (columns, rows) = (vec![Column::new("meter", "Meter")], vec![Row::new().cell("storage")]);
                view! { <Table caption="Set aside" columns=columns rows=rows fixed=fixed/> }
            };
            view! { <Router>{table()}</Router> }.into_any().to_html()
        })
    }

    #[test]
    fn what_the_address_says_is_of_the_list_that_it_governs() {
        let governed = page(false);
        assert!(governed.contains("<nav") && !governed.contains("storage"), "{governed}");
        let fixed = page(true);
        assert!(!fixed.contains("<nav") && fixed.contains("storage"), "{fixed}");
    }
}

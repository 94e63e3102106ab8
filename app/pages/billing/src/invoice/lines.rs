//! The lines of an invoice, each with how it came to be.

use super::Steps;
use crate::words;
use billing::view::LineView;
use kit::prelude::*;
use leptos::prelude::*;

#[component]
pub fn Lines(lines: Vec<LineView>) -> impl IntoView {
    let discounted = lines.iter().any(|line| !line.line.discount.is_zero());
    let rows = lines.into_iter().map(|line| row(line, discounted)).collect();
    let mut columns = vec![
        Column::new("what", tr!(billing.line.what)),
        Column::new("period", tr!(billing.line.period)),
        Column::new("quantity", tr!(billing.line.quantity)).right(),
    ];
    if discounted {
        columns.push(Column::new("discount", tr!(billing.totals.discount)).right());
    }
    columns.push(Column::new("amount", tr!(common.amount)).right());
    view! { <Table caption=tr!(billing.line.title) columns=columns rows=rows/> }
}

fn row(line: LineView, discounted: bool) -> Row {
    let language = i18n::language();
    let (discount, draft) = (line.line.discount, line.line.draft);
    let (title, part, unit) = (draft.title.get(language).to_owned(), draft.part.get(language).to_owned(), draft.unit.get(language).to_owned());
    let kind = words::line_kind(draft.kind).map(|kind| format!(" ({kind})"));
    let counted = draft.quantity.map(|quantity| words::counted(quantity, &unit));
    let row = Row::new()
        .cell(view! {
            <div id=line.id.to_string()>
                <strong>{title}</strong>
                <div>{part}{kind}</div>
                <Steps derivation=draft.derivation unit=unit currency=draft.amount.currency/>
            </div>
        })
        .cell(view! { <span class="nowrap">{words::days(draft.period)}</span> })
        .cell(counted);
    let row = if discounted { row.cell(view! { <Amount money=discount/> }) } else { row };
    row.cell(view! { <Amount money=draft.amount/> })
}

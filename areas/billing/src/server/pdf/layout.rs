//! Where everything stands on the page: seller and number above, lines in columns, totals on the right, how to pay
//! below them, seller and page number at the foot.

use super::{
    sheet::{Align, HEIGHT, Ink, Sheet, Style, WIDTH, Weight},
    words::Words,
};
use crate::view::{BankAccount, DocumentKind, InvoiceView, LineView};
use kernel::Money;

const LEFT: f32 = 48.0;
const RIGHT: f32 = WIDTH - 48.0;
/// Lines stay above this; the foot stands below.
const BOTTOM: f32 = HEIGHT - 84.0;
const PERIOD: f32 = 238.0;
const QUANTITY: f32 = 456.0;

const BLACK: Ink = Ink(17, 24, 39);
const GREY: Ink = Ink(91, 100, 114);
const RULE: Ink = Ink(221, 225, 231);
const PALE: Ink = Ink(245, 247, 250);
const ACCENT: Ink = Ink(31, 79, 216);

const BODY: Style = Style { size: 9.0, weight: Weight::Regular, ink: BLACK, align: Align::Left };
const STRONG: Style = Style { weight: Weight::SemiBold, ..BODY };
const SOFT: Style = Style { ink: GREY, ..BODY };
const LABEL: Style = Style { size: 7.5, ink: GREY, ..BODY };

const fn right(style: Style) -> Style {
    Style { align: Align::Right, ..style }
}

pub(super) fn lay_out(sheet: &mut Sheet, view: &InvoiceView, words: &Words) {
    let y = head(sheet, view, words);
    let y = parties(sheet, view, words, y);
    let y = banner(sheet, view, words, y);
    let y = lines(sheet, view, words, y);
    let y = totals(sheet, view, words, y);
    payment(sheet, view, words, y);
    feet(sheet, view, words);
}

fn head(sheet: &mut Sheet, view: &InvoiceView, words: &Words) -> f32 {
    sheet.area(LEFT, 48.0, 28.0, 3.5, ACCENT);
    let seller = sheet.fit(&view.seller.name, 270.0, Style { size: 14.0, ..STRONG });
    sheet.text(LEFT, 74.0, Style { size: 14.0, ..STRONG }, seller);
    let mut y = 90.0;
    let tax_id = (!view.seller.tax_id.is_empty()).then(|| format!("{} {}", words.tax_id(), view.seller.tax_id));
    for line in view.seller.address.iter().take(5).cloned().chain(tax_id) {
        let line = sheet.fit(&line, 270.0, SOFT);
        sheet.text(LEFT, y, SOFT, line);
        y += 12.5;
    }
    sheet.text(RIGHT, 75.0, right(Style { size: 22.0, ..STRONG }), words.document(view.row.kind));
    sheet.text(RIGHT, 93.0, right(Style { size: 10.5, ..SOFT }), view.row.number.clone());
    y.max(106.0) + 22.0
}

fn parties(sheet: &mut Sheet, view: &InvoiceView, words: &Words, top: f32) -> f32 {
    sheet.text(LEFT, top, LABEL, words.billed_to());
    let name = sheet.fit(&view.buyer.name, 270.0, Style { size: 10.0, ..STRONG });
    sheet.text(LEFT, top + 15.0, Style { size: 10.0, ..STRONG }, name);
    let mut y = top + 29.0;
    let tax_id = (!view.buyer.tax_id.is_empty()).then(|| format!("{} {}", words.tax_id(), view.buyer.tax_id));
    for line in view.buyer.address.iter().take(5).cloned().chain(tax_id) {
        let line = sheet.fit(&line, 270.0, BODY);
        sheet.text(LEFT, y, BODY, line);
        y += 12.5;
    }
    let mut facts = vec![(words.number(), view.row.number.clone()), (words.issued(), words.date(view.row.issued_on))];
    if view.row.kind == DocumentKind::Invoice {
        facts.push((words.due(), words.date(view.row.due_on)));
    }
    let mut fact_y = top;
    for (name, value) in facts {
        sheet.text(392.0, fact_y, SOFT, name);
        sheet.text(RIGHT, fact_y, right(BODY), value);
        fact_y += 15.0;
    }
    y.max(fact_y) + 10.0
}

/// What the reader came for: how much and until when.
fn banner(sheet: &mut Sheet, view: &InvoiceView, words: &Words, top: f32) -> f32 {
    sheet.area(LEFT, top, RIGHT - LEFT, 46.0, PALE);
    sheet.area(LEFT, top, 2.5, 46.0, ACCENT);
    let (label, amount, note) = match view.row.kind {
        DocumentKind::CreditNote => (words.credited(), view.row.total.checked_neg().unwrap_or(view.row.total), None),
        DocumentKind::Invoice if due(view).is_zero() => (words.nothing_due(), view.row.total, None),
        DocumentKind::Invoice => (words.amount_due(), due(view), Some(words.pay_by(view.row.due_on))),
    };
    sheet.text(LEFT + 16.0, top + 17.0, LABEL, label);
    let big = Style { size: 15.0, ..STRONG };
    let amount = words.money(amount);
    let width = sheet.width(&amount, big);
    sheet.text(LEFT + 16.0, top + 36.0, big, amount);
    if let Some(note) = note {
        sheet.text(LEFT + 16.0 + width + 10.0, top + 36.0, SOFT, note);
    }
    top + 46.0 + 30.0
}

/// What was still to be paid when it was issued: later payments do not change the document.
fn due(view: &InvoiceView) -> Money {
    Money::new((view.row.total.minor - view.from_balance.minor).max(0), view.row.total.currency)
}

fn table_head(sheet: &mut Sheet, words: &Words, y: f32) -> f32 {
    sheet.text(LEFT, y, LABEL, words.description());
    sheet.text(PERIOD, y, LABEL, words.period());
    sheet.text(QUANTITY, y, right(LABEL), words.quantity());
    sheet.text(RIGHT, y, right(LABEL), words.amount());
    sheet.area(LEFT, y + 7.0, RIGHT - LEFT, 0.75, BLACK);
    y + 25.0
}

/// Lines under the name of what they belong to.
fn lines(sheet: &mut Sheet, view: &InvoiceView, words: &Words, top: f32) -> f32 {
    let mut y = table_head(sheet, words, top);
    let mut title = String::new();
    for line in &view.lines {
        let draft = &line.line.draft;
        let next = draft.title.get(words.language());
        let begins = next != title;
        if y + if begins { 34.0 } else { 17.0 } > BOTTOM {
            y = turn(sheet, view, words);
        }
        if begins {
            if !title.is_empty() {
                y += 5.0;
            }
            title = next.to_owned();
            let shown = sheet.fit(&title, RIGHT - LEFT, STRONG);
            sheet.text(LEFT, y, STRONG, shown);
            y += 16.0;
        }
        part(sheet, line, words, y);
        y += 17.0;
    }
    y
}

fn part(sheet: &mut Sheet, line: &LineView, words: &Words, y: f32) {
    let draft = &line.line.draft;
    let mut name = draft.part.get(words.language()).to_owned();
    if let Some(kind) = words.kind(draft.kind) {
        name = format!("{name} ({kind})");
    }
    let name = sheet.fit(&name, PERIOD - LEFT - 22.0, BODY);
    sheet.text(LEFT + 10.0, y, BODY, name);
    sheet.text(PERIOD, y, SOFT, words.days(draft.period));
    if let Some(quantity) = draft.quantity {
        let text = format!("{} {}", words.number_of(quantity), draft.unit.get(words.language()));
        let text = sheet.fit(&text, QUANTITY - PERIOD - 104.0, SOFT);
        sheet.text(QUANTITY, y, right(SOFT), text);
    }
    sheet.text(RIGHT, y, right(BODY), words.money(draft.amount));
    sheet.area(LEFT, y + 5.5, RIGHT - LEFT, 0.5, RULE);
}

/// A new page that says whose it is, with the table's head again.
fn turn(sheet: &mut Sheet, view: &InvoiceView, words: &Words) -> f32 {
    sheet.new_page();
    sheet.area(LEFT, 48.0, 28.0, 3.5, ACCENT);
    sheet.text(LEFT, 72.0, STRONG, format!("{} {}", words.document(view.row.kind), view.row.number));
    sheet.text(RIGHT, 72.0, right(SOFT), words.continued());
    table_head(sheet, words, 104.0)
}

fn totals(sheet: &mut Sheet, view: &InvoiceView, words: &Words, top: f32) -> f32 {
    let mut rows: Vec<(String, Money, bool)> = vec![(words.subtotal().to_owned(), view.subtotal, false)];
    if !view.discount.is_zero() {
        rows.push((words.discount().to_owned(), view.discount.checked_neg().unwrap_or(view.discount), false));
    }
    for tax in &view.taxes {
        if tax.rule.base.0 != tax.rule.base.1
            && let Some(base) = tax.rule.base_of(tax.price)
        {
            rows.push((format!("{} ({}/{})", words.tax_base(), tax.rule.base.0, tax.rule.base.1), base, false));
        }
        rows.push((format!("{} {} %", tax.rule.name, words.number_of(tax.rule.rate)), tax.amount, false));
    }
    rows.push((words.total().to_owned(), view.row.total, true));
    if !view.from_balance.is_zero() {
        rows.push((words.from_balance().to_owned(), view.from_balance.checked_neg().unwrap_or(view.from_balance), false));
        rows.push((words.amount_due().to_owned(), due(view), true));
    }
    let mut y = top + 12.0;
    if y + rows.len() as f32 * 17.0 > BOTTOM {
        sheet.new_page();
        y = 80.0;
    }
    let label = 330.0;
    for (name, amount, strong) in rows {
        let style = if strong { Style { size: 10.5, ..STRONG } } else { BODY };
        if strong {
            sheet.area(label, y - 10.5, RIGHT - label, 0.75, BLACK);
            y += 4.0;
        }
        sheet.text(label, y, if strong { style } else { SOFT }, name);
        sheet.text(RIGHT, y, right(style), words.money(amount));
        y += 17.0;
    }
    y
}

fn payment(sheet: &mut Sheet, view: &InvoiceView, words: &Words, top: f32) {
    let currency = view.row.total.currency;
    let banks: Vec<&BankAccount> = view.seller.bank.iter().filter(|bank| bank.currency.is_none_or(|only| only == currency)).take(3).collect();
    if view.row.kind == DocumentKind::CreditNote || due(view).is_zero() || banks.is_empty() {
        return;
    }
    let height = 26.0 + banks.len() as f32 * 64.0;
    let mut y = top + 18.0;
    if y + height > BOTTOM {
        sheet.new_page();
        y = 80.0;
    }
    sheet.text(LEFT, y, STRONG, words.pay_by_transfer());
    y += 18.0;
    for bank in banks {
        let rows = [
            (words.bank(), bank.bank.as_str()),
            (words.account(), bank.account.as_str()),
            (words.holder(), bank.holder.as_str()),
            (words.reference(), view.row.number.as_str()),
        ];
        for (name, value) in rows {
            sheet.text(LEFT, y, SOFT, name);
            let value = sheet.fit(value, 300.0, BODY);
            sheet.text(LEFT + 104.0, y, if name == words.reference() { STRONG } else { BODY }, value);
            y += 13.5;
        }
        y += 10.0;
    }
}

fn feet(sheet: &mut Sheet, view: &InvoiceView, words: &Words) {
    let count = sheet.pages();
    let seller: Vec<&str> = [view.seller.name.as_str(), view.seller.email.as_str()].into_iter().filter(|text| !text.is_empty()).collect();
    let seller = sheet.fit(&seller.join("  ·  "), 380.0, LABEL);
    for page in 0..count {
        sheet.text_on(page, LEFT, HEIGHT - 42.0, LABEL, seller.clone());
        sheet.text_on(page, RIGHT, HEIGHT - 42.0, right(LABEL), words.page(page + 1, count));
    }
}

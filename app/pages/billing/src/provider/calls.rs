//! What the provider's page of invoices asks the server.

use super::sheets::{AccountsForm, InvoicesSheet, TransferForm};
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::sheets::{AccountForm, Review};
#[cfg(feature = "ssr")]
use crate::{calls::wanted, refused};
#[cfg(feature = "ssr")]
use billing::{
    server::{self as books, BillingError, RecordTransfer},
    view::{BankAccount, InvoiceRow, InvoiceView},
};
#[cfg(feature = "ssr")]
use i18n::tr;
#[cfg(feature = "ssr")]
use kernel::{Currency, Date, FieldError, Money, Need, Page, PageSize, TenantId};
#[cfg(feature = "ssr")]
use platform::Cx;
#[cfg(feature = "ssr")]
use rust_decimal::Decimal;

/// The organisation whose invoices alone are asked for.
#[cfg(feature = "ssr")]
fn only(query: &ListQuery) -> Option<TenantId> {
    query.filter("organisation").and_then(|id| id.parse().ok())
}

/// The invoices that the address asks for.
#[cfg(feature = "ssr")]
pub async fn sought(cx: &Cx, query: &ListQuery, size: PageSize) -> Result<Page<InvoiceRow>, PageError> {
    books::list_invoices_for_staff(cx, only(query), wanted(query), query.after.as_deref(), size).await.map_err(refused::because)
}

#[server]
pub async fn find_invoices(query: ListQuery) -> Result<InvoicesSheet, PageError> {
    let cx = kit::request::cx().await?;
    let page = sought(&cx, &query, PageSize::default()).await?;
    let chosen = match query.filter("invoice") {
        Some(id) => Some(invoice_of(&cx, id).await?),
        None => None,
    };
    let review = match &chosen {
        Some(invoice) if query.filter("step") == Some("review") => review(&query, invoice, cx.now().date_utc()),
        Some(_) | None => None,
    };
    let only = only(&query).map(|only| page.rows.first().map_or_else(|| only.to_string(), |row| row.buyer_name.clone()));
    let accounts = if cx.allow(Need::FINANCE_WRITE).is_ok() { Some(accounts_now(&cx).await?) } else { None };
    Ok(InvoicesSheet { page, only, chosen: chosen.map(Box::new), review, today: cx.now().date_utc(), accounts })
}

#[cfg(feature = "ssr")]
async fn accounts_now(cx: &Cx) -> Result<AccountsForm, PageError> {
    let seller = books::billing_settings(cx).await.map_err(refused::because)?.seller;
    let accounts = seller.bank.into_iter().map(|known| AccountForm {
        bank: known.bank,
        account: known.account,
        holder: known.holder,
        currency: known.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
    });
    Ok(AccountsForm { email: seller.email, accounts: accounts.collect() })
}

/// Keeps where transfers go, for invoices that are issued from now on.
#[server]
pub async fn save_accounts(form: AccountsForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let bank = accounts_of(&form).map_err(|fields| invalid(fields, &form))?;
    let mut settings = books::billing_settings(&cx).await.map_err(refused::because)?;
    settings.seller.email = form.email.trim().to_owned();
    settings.seller.bank = bank;
    books::update_billing_settings(&cx, settings).await.map_err(refused::because)?;
    leptos_axum::redirect("/provider/invoices?done=accounts");
    Ok(())
}

/// The accounts that were filled in, or a complaint for each field that is missing.
#[cfg(feature = "ssr")]
fn accounts_of(form: &AccountsForm) -> Result<Vec<BankAccount>, Vec<FieldError>> {
    /// As much as an invoice has room for on a line.
    const LONGEST: usize = 70;
    refused::speak();
    let mut wrong = Vec::new();
    let mut accounts = Vec::new();
    for (index, typed) in form.accounts.iter().enumerate() {
        let texts = [("bank", typed.bank.trim()), ("account", typed.account.trim()), ("holder", typed.holder.trim())];
        if texts.iter().all(|(_, text)| text.is_empty()) {
            continue;
        }
        for (name, text) in texts {
            if text.is_empty() || text.chars().count() > LONGEST {
                wrong.push(FieldError::new(format!("accounts[{index}][{name}]"), "length", tr!(billing.accounts.wrong, most = LONGEST).to_string()));
            }
        }
        let currency = typed.currency.trim().parse::<Currency>().ok();
        accounts.push(BankAccount { bank: texts[0].1.to_owned(), account: texts[1].1.to_owned(), holder: texts[2].1.to_owned(), currency });
    }
    if wrong.is_empty() { Ok(accounts) } else { Err(wrong) }
}

/// Checks a transfer and leads on to its confirmation; records nothing.
#[server]
pub async fn check_transfer(form: TransferForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let invoice = invoice_of(&cx, &form.invoice).await?;
    let command = transfer(&form, &invoice, cx.now().date_utc()).map_err(|fields| invalid(fields, &form))?;
    let pairs = [
        ("invoice", form.invoice.clone()),
        ("amount", command.amount.amount()),
        ("received_on", command.received_on.to_string()),
        ("reference", command.reference),
        ("step", "review".to_owned()),
    ];
    let query = ListQuery::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value)));
    leptos_axum::redirect(&query.address("/provider/invoices"));
    Ok(())
}

#[server]
pub async fn confirm_transfer(form: TransferForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let invoice = invoice_of(&cx, &form.invoice).await?;
    let command = transfer(&form, &invoice, cx.now().date_utc()).map_err(|fields| invalid(fields, &form))?;
    books::record_bank_transfer(&cx, command).await.map_err(refused::because)?;
    leptos_axum::redirect(&format!("/provider/invoices?invoice={}&done=recorded", invoice.row.id));
    Ok(())
}

#[cfg(feature = "ssr")]
async fn invoice_of(cx: &Cx, id: &str) -> Result<InvoiceView, PageError> {
    let id = id.parse().map_err(|_| refused::because(BillingError::InvoiceNotFound))?;
    books::get_invoice_for_staff(cx, id).await.map_err(refused::because)
}

/// What the address says of a transfer; none where it is no right transfer any more.
#[cfg(feature = "ssr")]
fn review(query: &ListQuery, invoice: &InvoiceView, today: Date) -> Option<Review> {
    let text = |name: &str| query.filter(name).unwrap_or_default().to_owned();
    let form = TransferForm { invoice: text("invoice"), amount: text("amount"), received_on: text("received_on"), reference: text("reference") };
    let command = transfer(&form, invoice, today).ok()?;
    Some(Review { amount: command.amount, received_on: command.received_on, reference: command.reference, form })
}

#[cfg(feature = "ssr")]
fn invalid<T: serde::Serialize>(fields: Vec<FieldError>, form: &T) -> PageError {
    #[derive(serde::Serialize)]
    struct Kept<'a, T> {
        form: &'a T,
    }
    kit::request::refusal("billing.fields", String::new(), fields).keeping(&Kept { form })
}

/// The form as a command, or a complaint for each field that is not right, in the reader's language.
#[cfg(feature = "ssr")]
fn transfer(form: &TransferForm, invoice: &InvoiceView, today: Date) -> Result<RecordTransfer, Vec<FieldError>> {
    /// As long as banks' references are.
    const LONGEST_REFERENCE: usize = 140;
    refused::speak();
    let mut wrong = Vec::new();
    let mut complain = |field: &str, code: &str, says: String| wrong.push(FieldError::new(field, code, says));
    let amount = amount_of(&form.amount, invoice.row.total.currency);
    if amount.is_none() {
        complain("amount", "amount", tr!(billing.record.amount_wrong, currency = invoice.row.total.currency).to_string());
    }
    let received_on = form.received_on.trim().parse::<Date>().ok();
    match received_on {
        None => complain("received_on", "date", tr!(billing.record.date_wrong).to_owned()),
        // A day of tolerance: at the bank it may be tomorrow already.
        Some(date) if date > today.plus_days(1) => complain("received_on", "future", tr!(billing.record.date_future).to_owned()),
        Some(_) => {}
    }
    let reference = form.reference.trim();
    if reference.is_empty() || reference.chars().count() > LONGEST_REFERENCE {
        complain("reference", "reference", tr!(billing.record.reference_wrong, most = LONGEST_REFERENCE).to_string());
    }
    match (amount, received_on) {
        (Some(amount), Some(received_on)) if wrong.is_empty() => Ok(RecordTransfer {
            tenant: invoice.row.tenant,
            invoice: Some(invoice.row.id),
            invoice_number: None,
            amount,
            reference: reference.to_owned(),
            received_on,
        }),
        _ => Err(wrong),
    }
}

/// Above zero, and no finer than the currency.
#[cfg(feature = "ssr")]
fn amount_of(text: &str, currency: Currency) -> Option<Money> {
    // Some write thousands with a point: without decimals in the currency there is none.
    let (whole, fraction) = text.trim().split_once('.').map_or((text.trim(), None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fine = fraction.is_none_or(|fraction| digits(fraction) && fraction.len() <= currency.minor_digits() as usize);
    if !digits(whole) || !fine {
        return None;
    }
    let amount: Decimal = text.trim().parse().ok()?;
    let money = Money::round_half_up(amount, currency).ok()?;
    (money.minor > 0 && money.to_decimal() == amount).then_some(money)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(amount_of(" 1500000 ", Currency::Idr), Some(Money::new(1_500_000, Currency::Idr)));
        assert_eq!(amount_of("12.50", Currency::Usd), Some(Money::new(1_250, Currency::Usd)));
        for (wrong, currency) in [("", Currency::Usd), ("0", Currency::Usd), ("-1", Currency::Usd), ("12.505", Currency::Usd), ("1.5", Currency::Idr), ("150.000", Currency::Idr), ("1.", Currency::Usd), ("1e3", Currency::Usd), ("1_000", Currency::Usd), ("1,500", Currency::Usd)] {
            assert_eq!(amount_of(wrong, currency), None, "{wrong}");
        }
    }
}

//! What the provider's page of invoices asks the server.

use super::sheets::{AccountsForm, InvoicesSheet, TermsForm, TransferForm};
use kit::{PageError, table::ListQuery};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::sheets::{AccountForm, AsideRow, AsideSheet, Review};
#[cfg(feature = "ssr")]
use crate::{calls::wanted, refused};
#[cfg(feature = "ssr")]
use billing::{
    dunning::DunningPolicy,
    server::{self as books, BillingError, RecordTransfer},
    view::{BankAccount, BillingSettings, InvoiceRow, InvoiceView, PaymentTerms, SetAside},
};
#[cfg(feature = "ssr")]
use catalog::Plan;
#[cfg(feature = "ssr")]
use i18n::tr;
#[cfg(feature = "ssr")]
use kernel::{Currency, Date, FieldError, InstanceId, Money, Need, Page, PageSize, PlanId, TenantId};
#[cfg(feature = "ssr")]
use platform::Cx;
#[cfg(feature = "ssr")]
use rust_decimal::Decimal;
#[cfg(feature = "ssr")]
use std::collections::{BTreeMap, BTreeSet};

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
    let (accounts, terms) = if cx.allow(Need::FINANCE_WRITE).is_ok() { settings_now(&cx).await.map(|(accounts, terms)| (Some(accounts), Some(terms)))? } else { (None, None) };
    let set_aside = in_words(&cx, books::usage_set_aside(&cx).await.map_err(refused::because)?).await?;
    Ok(InvoicesSheet { page, only, chosen: chosen.map(Box::new), review, today: cx.now().date_utc(), accounts, terms, set_aside })
}

/// With the names of services and what their meters count, organisation by organisation.
#[cfg(feature = "ssr")]
async fn in_words(cx: &Cx, SetAside { rows, more }: SetAside) -> Result<AsideSheet, PageError> {
    let mut words: BTreeMap<TenantId, (BTreeMap<InstanceId, String>, BTreeMap<PlanId, Plan>)> = BTreeMap::new();
    for tenant in rows.iter().map(|row| row.tenant).collect::<BTreeSet<_>>() {
        let theirs = || rows.iter().filter(|row| row.tenant == tenant);
        let mut tx = cx.for_tenant(tenant, Need::PROVIDER_READ)?.tenant_tx(Need::BILLING_READ).await?;
        let services = provisioning::server::names(&mut tx, &theirs().filter_map(|row| row.instance).collect::<Vec<_>>()).await?;
        let mut plans = BTreeMap::new();
        for id in theirs().map(|row| row.plan).collect::<BTreeSet<_>>() {
            plans.extend(catalog::server::plan(&mut tx, id).await?.map(|plan| (id, plan)));
        }
        words.insert(tenant, (services, plans));
    }
    let rows = rows.into_iter().map(|row| {
        let theirs = words.get(&row.tenant);
        let service = theirs.and_then(|(services, _)| services.get(&row.instance?)).cloned();
        let plan = theirs.and_then(|(_, plans)| plans.get(&row.plan));
        AsideRow::new(row, service.as_deref(), plan)
    });
    Ok(AsideSheet { rows: rows.collect(), more })
}

#[cfg(feature = "ssr")]
async fn settings_now(cx: &Cx) -> Result<(AccountsForm, TermsForm), PageError> {
    let BillingSettings { seller, net_days, dunning, grace_terms } = books::billing_settings(cx).await.map_err(refused::because)?;
    let terms = TermsForm {
        entity: seller.entity,
        net_days: net_days.to_string(),
        grace_terms: grace_terms.to_string(),
        overdue: dunning.overdue.to_string(),
        warned: dunning.warned.to_string(),
        restricted: dunning.restricted.to_string(),
        suspended: dunning.suspended.to_string(),
        ended: dunning.ended.to_string(),
        notice: dunning.notice.to_string(),
    };
    let accounts = seller.bank.into_iter().map(|known| AccountForm {
        bank: known.bank,
        account: known.account,
        holder: known.holder,
        currency: known.currency.map(|currency| currency.code().to_owned()).unwrap_or_default(),
    });
    Ok((AccountsForm { email: seller.email, accounts: accounts.collect() }, terms))
}

/// Keeps where transfers go, for invoices that are issued from now on.
#[server]
pub async fn save_accounts(form: AccountsForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let bank = accounts_of(&form).map_err(|fields| invalid(fields, &form))?;
    books::save_bank_accounts(&cx, form.email.trim().to_owned(), bank).await.map_err(refused::because)?;
    leptos_axum::redirect("/provider/invoices?done=accounts");
    Ok(())
}

/// Keeps how long there is to pay and what follows.
#[server]
pub async fn save_terms(form: TermsForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let kept = books::billing_settings(&cx).await.map_err(refused::because)?.dunning;
    let terms = terms_of(&form, kept).map_err(|fields| invalid(fields, &form))?;
    books::save_payment_terms(&cx, terms).await.map_err(refused::because)?;
    leptos_axum::redirect("/provider/invoices?done=terms");
    Ok(())
}

/// The terms as typed, or a complaint for each field. Payments are tried again on the days that were kept.
#[cfg(feature = "ssr")]
fn terms_of(form: &TermsForm, kept: DunningPolicy) -> Result<PaymentTerms, Vec<FieldError>> {
    refused::speak();
    let mut wrong = Vec::new();
    let mut number = |field: &str, typed: &str, least: i64, most: i64| {
        let number = typed.trim().parse::<i64>().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            wrong.push(FieldError::new(field, "range", tr!(billing.terms.range, least = least, most = most).to_string()));
        }
        number.unwrap_or_default()
    };
    let net_days = number("net_days", &form.net_days, 0, PaymentTerms::MOST_NET_DAYS);
    let grace_terms = number("grace_terms", &form.grace_terms, 0, PaymentTerms::MOST_GRACE_TERMS);
    let typed = [
        ("overdue", &form.overdue),
        ("warned", &form.warned),
        ("restricted", &form.restricted),
        ("suspended", &form.suspended),
        ("ended", &form.ended),
    ];
    let days = typed.map(|(field, typed)| (field, number(field, typed, 1, DunningPolicy::MOST_DAYS)));
    let notice = number("notice", &form.notice, 1, DunningPolicy::MOST_NOTICE);
    if wrong.is_empty() {
        for pair in days.windows(2).filter(|pair| pair[0].1 >= pair[1].1) {
            wrong.push(FieldError::new(pair[1].0, "order", tr!(billing.terms.rising, day = pair[0].1).to_string()));
        }
    }
    let [overdue, warned, restricted, suspended, ended] = days.map(|(_, day)| day);
    let dunning = DunningPolicy { overdue, warned, restricted, suspended, ended, notice, retries: kept.retries };
    let terms = PaymentTerms { entity: form.entity.trim().to_ascii_uppercase(), net_days, grace_terms, dunning };
    if wrong.is_empty() {
        wrong.extend(terms.check().into_iter().map(|bad| match bad.field.as_str() {
            "entity" => FieldError::new("entity", "code", tr!(billing.terms.entity_wrong, most = PaymentTerms::LONGEST_ENTITY).to_string()),
            _ => bad,
        }));
    }
    if wrong.is_empty() { Ok(terms) } else { Err(wrong) }
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
    review_at(form.invoice, command, None);
    Ok(())
}

/// Leads to the review of a transfer; `before` is what was open at one that holds no more.
#[cfg(feature = "ssr")]
fn review_at(invoice: String, command: RecordTransfer, before: Option<String>) {
    let pairs = [
        ("invoice", invoice),
        ("amount", command.amount.amount()),
        ("received_on", command.received_on.to_string()),
        ("reference", command.reference),
        ("step", "review".to_owned()),
    ];
    let pairs = pairs.into_iter().chain(before.map(|before| ("before", before)));
    let query = ListQuery::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value)));
    leptos_axum::redirect(&query.address("/provider/invoices"));
}

/// Records what was reviewed. Where something else is open by now, it is to be reviewed again.
#[server]
pub async fn confirm_transfer(form: TransferForm) -> Result<(), PageError> {
    let cx = kit::request::cx().await?;
    let invoice = invoice_of(&cx, &form.invoice).await?;
    let command = transfer(&form, &invoice, cx.now().date_utc()).map_err(|fields| invalid(fields, &form))?;
    let shown = exactly(&form.open, invoice.row.total.currency).ok_or_else(|| refused::because(BillingError::OpenChanged))?;
    match books::record_reviewed_transfer(&cx, command.clone(), shown).await {
        Ok(_) => leptos_axum::redirect(&format!("/provider/invoices?invoice={}&done=recorded", invoice.row.id)),
        Err(BillingError::OpenChanged) => review_at(form.invoice, command, Some(shown.amount())),
        Err(error) => return Err(refused::because(error)),
    }
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
    let form = TransferForm { invoice: text("invoice"), amount: text("amount"), received_on: text("received_on"), reference: text("reference"), open: String::new() };
    let command = transfer(&form, invoice, today).ok()?;
    let before = query.filter("before").and_then(|before| exactly(before, invoice.row.total.currency)).filter(|before| *before != invoice.row.open);
    Some(Review { amount: command.amount, received_on: command.received_on, reference: command.reference, before, form })
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

/// Above zero.
#[cfg(feature = "ssr")]
fn amount_of(text: &str, currency: Currency) -> Option<Money> {
    exactly(text, currency).filter(|money| money.minor > 0)
}

/// No finer than the currency.
#[cfg(feature = "ssr")]
fn exactly(text: &str, currency: Currency) -> Option<Money> {
    // Some write thousands with a point: without decimals in the currency there is none.
    let (whole, fraction) = text.trim().split_once('.').map_or((text.trim(), None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let fine = fraction.is_none_or(|fraction| digits(fraction) && fraction.len() <= currency.minor_digits() as usize);
    if !digits(whole) || !fine {
        return None;
    }
    let amount: Decimal = text.trim().parse().ok()?;
    let money = Money::round_half_up(amount, currency).ok()?;
    (money.to_decimal() == amount).then_some(money)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn days_for_trying_again_outlive_an_end_that_comes_before_them() {
        Owner::new().with(|| {
            let kept = DunningPolicy::default();
            let form = TermsForm {
                entity: "nk".to_owned(),
                net_days: PaymentTerms::MOST_NET_DAYS.to_string(),
                grace_terms: "1".to_owned(),
                overdue: "1".to_owned(),
                warned: "3".to_owned(),
                restricted: "5".to_owned(),
                suspended: "7".to_owned(),
                ended: "10".to_owned(),
                notice: DunningPolicy::MOST_NOTICE.to_string(),
            };
            let terms = terms_of(&form, kept.clone()).expect("is right");
            assert_eq!((terms.entity.as_str(), &terms.dunning.retries), ("NK", &kept.retries));
            let late = TermsForm { ended: "366".to_owned(), ..form };
            let wrong = terms_of(&late, kept).expect_err("later than a year");
            assert_eq!(wrong, [FieldError::new("ended", "range", "A whole number from 1 to 365.")]);
        });
    }

    #[test]
    fn nothing_may_be_open() {
        assert_eq!(exactly("0", Currency::Idr), Some(Money::zero(Currency::Idr)));
        assert_eq!(exactly("0.00", Currency::Usd), Some(Money::zero(Currency::Usd)));
        assert_eq!(exactly("", Currency::Usd), None);
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(amount_of(" 1500000 ", Currency::Idr), Some(Money::new(1_500_000, Currency::Idr)));
        assert_eq!(amount_of("12.50", Currency::Usd), Some(Money::new(1_250, Currency::Usd)));
        for (wrong, currency) in [("", Currency::Usd), ("0", Currency::Usd), ("-1", Currency::Usd), ("12.505", Currency::Usd), ("1.5", Currency::Idr), ("150.000", Currency::Idr), ("1.", Currency::Usd), ("1e3", Currency::Usd), ("1_000", Currency::Usd), ("1,500", Currency::Usd)] {
            assert_eq!(amount_of(wrong, currency), None, "{wrong}");
        }
    }
}

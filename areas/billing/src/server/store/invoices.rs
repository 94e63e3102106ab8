//! Invoices and their lines. What is issued never changes but for what was paid on it.

use crate::{
    derivation::Derivation,
    invoice::{Draft, DraftLine, Line, LineKind, TaxTotal},
    periods::Period,
    tax::TaxRule,
    view::{Buyer, DocumentKind, InvoiceRow, InvoiceState, InvoiceView, LineView, Seller},
};
use catalog::Text;
use kernel::{ComponentId, Currency, Date, InvoiceId, Language, LineId, Money, SubscriptionId, TenantId, Timestamp};
use platform::TenantTx;
use rust_decimal::Decimal;
use sqlx::{PgConnection, types::Json};

/// Lines of one invoice.
const LINES_LIMIT: i64 = 5_000;

/// A line with what the store knows beside it.
#[derive(Debug, Clone)]
pub struct StoredLine {
    pub id: LineId,
    pub line: Line,
    pub segment_from: Option<Timestamp>,
    pub credits_line: Option<LineId>,
}

/// An invoice as it is issued.
#[derive(Debug, Clone)]
pub struct NewInvoice<'a> {
    pub id: InvoiceId,
    pub kind: DocumentKind,
    pub number: &'a str,
    pub cause: &'a str,
    pub issued_on: Date,
    pub issued_at: Timestamp,
    pub due_on: Date,
    pub language: Language,
    pub seller: &'a Seller,
    pub buyer: &'a Buyer,
    pub draft: &'a Draft,
    pub from_balance: i64,
    pub to_balance: i64,
    pub paid_at: Option<Timestamp>,
}

pub async fn next_number(tx: &mut TenantTx, entity: &str, kind: DocumentKind, year: i32) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT billing.next_number($1, $2, $3)").bind(entity).bind(kind.code()).bind(year).fetch_one(&mut **tx).await
}

/// Whether an invoice was issued for this cause before.
pub async fn by_cause(tx: &mut TenantTx, cause: &str) -> Result<Option<InvoiceId>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar("SELECT id FROM billing.invoices WHERE tenant_id = $1 AND cause = $2").bind(tenant).bind(cause).fetch_optional(&mut **tx).await
}

pub async fn insert(tx: &mut TenantTx, invoice: &NewInvoice<'_>, lines: &[StoredLine]) -> Result<(), sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    let draft = invoice.draft;
    sqlx::query(
        "INSERT INTO billing.invoices
                (tenant_id, id, kind, number, cause, currency, issued_on, issued_at, due_on, language, seller, buyer, subtotal,
                 discount, tax, taxes, total, from_balance, to_balance, state, paid_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
    )
    .bind(tenant)
    .bind(invoice.id)
    .bind(invoice.kind.code())
    .bind(invoice.number)
    .bind(invoice.cause)
    .bind(draft.currency)
    .bind(invoice.issued_on)
    .bind(invoice.issued_at)
    .bind(invoice.due_on)
    .bind(invoice.language)
    .bind(Json(invoice.seller))
    .bind(Json(invoice.buyer))
    .bind(draft.subtotal.minor)
    .bind(draft.discount.minor)
    .bind(draft.tax.minor)
    .bind(Json(&draft.taxes))
    .bind(draft.total.minor)
    .bind(invoice.from_balance)
    .bind(invoice.to_balance)
    .bind(if invoice.paid_at.is_some() { "paid" } else { "open" })
    .bind(invoice.paid_at)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    for (position, stored) in (1_i32..).zip(lines) {
        insert_line(tx, invoice.id, position, stored).await?;
    }
    Ok(())
}

async fn insert_line(tx: &mut TenantTx, invoice: InvoiceId, position: i32, stored: &StoredLine) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    let line = &stored.line;
    sqlx::query(
        "INSERT INTO billing.invoice_lines
                (tenant_id, invoice_id, position, id, kind, subscription_id, component_id, segment_from, credits_line, title, part,
                 unit, period_start, period_end, quantity, amount, discount, tax, tax_rule, derivation)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
    )
    .bind(tenant)
    .bind(invoice)
    .bind(position)
    .bind(stored.id)
    .bind(line.draft.kind.code())
    .bind(line.draft.subscription)
    .bind(line.draft.component)
    .bind(stored.segment_from)
    .bind(stored.credits_line)
    .bind(Json(&line.draft.title))
    .bind(Json(&line.draft.part))
    .bind(Json(&line.draft.unit))
    .bind(line.draft.period.start)
    .bind(line.draft.period.end)
    .bind(line.draft.quantity)
    .bind(line.draft.amount.minor)
    .bind(line.discount.minor)
    .bind(line.tax_amount.minor)
    .bind(line.draft.tax.as_ref().map(Json))
    .bind(Json(&line.draft.derivation))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: TenantId,
    id: InvoiceId,
    kind: String,
    number: String,
    currency: Currency,
    issued_on: Date,
    issued_at: Timestamp,
    due_on: Date,
    language: Language,
    seller: Json<Seller>,
    buyer: Json<Buyer>,
    subtotal: i64,
    discount: i64,
    tax: i64,
    taxes: Json<Vec<TaxTotal>>,
    total: i64,
    from_balance: i64,
    paid: i64,
    to_balance: i64,
    paid_at: Option<Timestamp>,
}

const COLUMNS: &str = "tenant_id, id, kind, number, currency, issued_on, issued_at, due_on, language, seller, buyer, subtotal, discount, tax, taxes,
       total, from_balance, paid, to_balance, paid_at";

impl Row {
    fn row(&self, today: Date) -> InvoiceRow {
        let money = |minor| Money::new(minor, self.currency);
        let state = match self.paid_at {
            Some(_) => InvoiceState::Paid,
            None if self.due_on < today => InvoiceState::Overdue,
            None => InvoiceState::Open,
        };
        InvoiceRow {
            tenant: self.tenant_id,
            id: self.id,
            kind: DocumentKind::parse(&self.kind).expect("a check constraint keeps the kind known"),
            number: self.number.clone(),
            buyer_name: self.buyer.0.name.clone(),
            issued_on: self.issued_on,
            due_on: self.due_on,
            total: money(self.total),
            open: money(if self.paid_at.is_some() { 0 } else { self.total - self.paid - self.from_balance + self.to_balance }),
            state,
        }
    }

    fn view(self, lines: Vec<LineView>, today: Date) -> InvoiceView {
        let money = |minor| Money::new(minor, self.currency);
        InvoiceView {
            row: self.row(today),
            issued_at: self.issued_at,
            language: self.language,
            lines,
            subtotal: money(self.subtotal),
            discount: money(self.discount),
            tax: money(self.tax),
            from_balance: money(self.from_balance),
            paid: money(self.paid),
            paid_at: self.paid_at,
            payments: Vec::new(),
            taxes: self.taxes.0,
            seller: self.seller.0,
            buyer: self.buyer.0,
        }
    }
}

/// Which invoices of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    All,
    Open,
    Overdue,
    Paid,
}

/// Newest first, after the `(issued_at, id)` of the row that the page before ended with. Over whatever rows the
/// transaction's role may see: one tenant's, or everybody's for staff.
pub async fn page(tx: &mut PgConnection, tenant: Option<TenantId>, wanted: Wanted, today: Date, after: Option<(Timestamp, InvoiceId)>, limit: i64) -> Result<Vec<(InvoiceRow, Timestamp)>, sqlx::Error> {
    let condition = match wanted {
        Wanted::All => "",
        Wanted::Open => "AND state = 'open'",
        Wanted::Overdue => "AND state = 'open' AND due_on < $2",
        Wanted::Paid => "AND state = 'paid'",
    };
    let sql = format!(
        "SELECT {COLUMNS}
           FROM billing.invoices
          WHERE ($1::uuid IS NULL OR tenant_id = $1)
            AND ($2::date IS NOT NULL)
            AND ($3::timestamptz IS NULL OR (issued_at, id) < ($3, $4))
            {condition}
          ORDER BY issued_at DESC, id DESC
          LIMIT $5"
    );
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(tenant)
        .bind(today)
        .bind(after.map(|(at, _)| at))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .fetch_all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.row(today), row.issued_at)).collect())
}

#[derive(sqlx::FromRow)]
struct LineRow {
    id: LineId,
    kind: String,
    subscription_id: Option<SubscriptionId>,
    component_id: Option<ComponentId>,
    title: Json<Text>,
    part: Json<Text>,
    unit: Json<Text>,
    period_start: Date,
    period_end: Date,
    quantity: Option<Decimal>,
    amount: i64,
    discount: i64,
    tax: i64,
    tax_rule: Option<Json<TaxRule>>,
    derivation: Json<Derivation>,
}

impl LineRow {
    fn view(self, currency: Currency) -> LineView {
        let money = |minor| Money::new(minor, currency);
        LineView {
            id: self.id,
            line: Line {
                discount: money(self.discount),
                tax_amount: money(self.tax),
                draft: DraftLine {
                    kind: LineKind::parse(&self.kind).expect("a check constraint keeps the kind known"),
                    subscription: self.subscription_id,
                    component: self.component_id,
                    title: self.title.0,
                    part: self.part.0,
                    unit: self.unit.0,
                    period: Period::new(self.period_start, self.period_end),
                    quantity: self.quantity,
                    amount: money(self.amount),
                    tax: self.tax_rule.map(|json| json.0),
                    derivation: self.derivation.0,
                },
            },
        }
    }
}

/// One invoice with its lines. `tenant` only for staff, who see everybody's.
pub async fn find(tx: &mut PgConnection, tenant: TenantId, id: InvoiceId, today: Date) -> Result<Option<InvoiceView>, sqlx::Error> {
    let sql = format!("SELECT {COLUMNS} FROM billing.invoices WHERE tenant_id = $1 AND id = $2");
    let Some(row): Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(id).fetch_optional(&mut *tx).await? else { return Ok(None) };
    let lines: Vec<LineRow> = sqlx::query_as(
        "SELECT id, kind, subscription_id, component_id, title, part, unit, period_start, period_end, quantity, amount, discount, tax,
                tax_rule, derivation
           FROM billing.invoice_lines
          WHERE tenant_id = $1
            AND invoice_id = $2
          ORDER BY position
          LIMIT $3",
    )
    .bind(tenant)
    .bind(id)
    .bind(LINES_LIMIT)
    .fetch_all(tx)
    .await?;
    let currency = row.currency;
    Ok(Some(row.view(lines.into_iter().map(|line| line.view(currency)).collect(), today)))
}

/// Whose invoice this is, for staff.
pub async fn tenant_of(tx: &mut PgConnection, id: InvoiceId) -> Result<Option<TenantId>, sqlx::Error> {
    sqlx::query_scalar("SELECT tenant_id FROM billing.invoices WHERE id = $1").bind(id).fetch_optional(tx).await
}

/// By number, for staff who match a transfer.
pub async fn id_by_number(tx: &mut PgConnection, tenant: TenantId, number: &str) -> Result<Option<InvoiceId>, sqlx::Error> {
    sqlx::query_scalar("SELECT id FROM billing.invoices WHERE tenant_id = $1 AND number = $2").bind(tenant).bind(number).fetch_optional(tx).await
}

/// What an open invoice still owes, oldest due date first.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct OpenInvoice {
    pub id: InvoiceId,
    pub currency: Currency,
    pub due_on: Date,
    pub total: i64,
    pub from_balance: i64,
    pub paid: i64,
    pub to_balance: i64,
}

impl OpenInvoice {
    pub fn owed(&self) -> i64 {
        self.total - self.paid - self.from_balance + self.to_balance
    }
}

pub async fn open(tx: &mut TenantTx) -> Result<Vec<OpenInvoice>, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_as(
        "SELECT id, currency, due_on, total, from_balance, paid, to_balance
           FROM billing.invoices
          WHERE tenant_id = $1
            AND state = 'open'
          ORDER BY due_on, issued_at, id
          LIMIT 1000",
    )
    .bind(tenant)
    .fetch_all(&mut **tx)
    .await
}

pub async fn lock(tx: &mut TenantTx, id: InvoiceId) -> Result<Option<(OpenInvoice, bool)>, sqlx::Error> {
    #[derive(sqlx::FromRow)]
    struct Locked {
        #[sqlx(flatten)]
        invoice: OpenInvoice,
        state: String,
    }
    let tenant = tx.tenant();
    let row: Option<Locked> = sqlx::query_as(
        "SELECT id, currency, due_on, total, from_balance, paid, to_balance, state
           FROM billing.invoices
          WHERE tenant_id = $1
            AND id = $2
            FOR UPDATE",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|locked| (locked.invoice, locked.state == "open")))
}

/// Keeps what was paid on an invoice; it was paid when it first was.
pub async fn save_paid(tx: &mut TenantTx, invoice: &OpenInvoice, paid_at: Option<Timestamp>) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.invoices
            SET from_balance = $3,
                paid = $4,
                to_balance = $5,
                state = CASE WHEN $6::timestamptz IS NULL THEN 'open' ELSE 'paid' END,
                paid_at = CASE WHEN $6::timestamptz IS NULL THEN NULL ELSE coalesce(paid_at, $6) END
          WHERE tenant_id = $1
            AND id = $2",
    )
    .bind(tenant)
    .bind(invoice.id)
    .bind(invoice.from_balance)
    .bind(invoice.paid)
    .bind(invoice.to_balance)
    .bind(paid_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A fee that was charged, as far as giving it back asks.
pub struct FeeLine {
    pub id: LineId,
    /// What is left of it after discounts and credits: what a credit is capped at.
    pub rest: i64,
    /// As it was taxed then.
    pub tax: Option<TaxRule>,
}

/// The fee line that covers a day.
pub async fn fee_line(tx: &mut TenantTx, subscription: SubscriptionId, component: ComponentId, day: Date) -> Result<Option<FeeLine>, sqlx::Error> {
    let tenant = tx.tenant();
    let row: Option<(LineId, i64, Option<Json<TaxRule>>)> = sqlx::query_as(
        "SELECT l.id,
                (l.amount - l.discount
                 + coalesce((SELECT sum(c.amount) FROM billing.invoice_lines c WHERE c.tenant_id = l.tenant_id AND c.credits_line = l.id), 0))::bigint,
                l.tax_rule
           FROM billing.invoice_lines l
           JOIN billing.invoices i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id
          WHERE l.tenant_id = $1
            AND l.subscription_id = $2
            AND l.component_id = $3
            AND l.kind = 'fee'
            AND l.period_start <= $4
            AND l.period_end > $4
          ORDER BY i.created_at DESC, l.position DESC
          LIMIT 1",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(component)
    .bind(day)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|(id, rest, tax)| FeeLine { id, rest, tax: tax.map(|json| json.0) }))
}

/// What was charged so far for a component's usage in one segment.
pub async fn billed_usage(tx: &mut TenantTx, subscription: SubscriptionId, component: ComponentId, segment: Timestamp) -> Result<i64, sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query_scalar(
        "SELECT coalesce(sum(amount), 0)::bigint
           FROM billing.invoice_lines
          WHERE tenant_id = $1
            AND subscription_id = $2
            AND component_id = $3
            AND segment_from = $4
            AND kind IN ('usage', 'minimum', 'late')",
    )
    .bind(tenant)
    .bind(subscription)
    .bind(component)
    .bind(segment)
    .fetch_one(&mut **tx)
    .await
}

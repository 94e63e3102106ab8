//! Accounts: one row a tenant, locked while anything of the account changes so that balances and standings stay true.

use crate::{dunning::Standing, periods::Anchor, tax::TaxRegime, view::{AccountDetails, BalanceEntry, Buyer}, zone::Zone};
use kernel::{Currency, Date, InvoiceId, Language, Money, PaymentId, TenantId, Timestamp};
use platform::{ProviderTx, SystemTx, TenantTx};
use sqlx::types::Json;
use uuid::Uuid;

/// Rows of the balance's history that a page shows.
const ENTRIES_LIMIT: i64 = 50;

/// An account as use cases work on it.
#[derive(Debug, Clone)]
pub struct Account {
    pub details: AccountDetails,
    pub zone: Zone,
    pub anchor: Option<Anchor>,
    pub balance: i64,
    pub standing: Standing,
    pub dunning_due: Option<Date>,
    pub dunning_done: Option<Date>,
    pub dunning_at: Option<Timestamp>,
    /// Days by which states come later than the policy says.
    pub dunning_lag: i64,
}

impl Account {
    pub fn currency(&self) -> Currency {
        self.details.currency
    }

    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.details.currency)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    currency: Currency,
    time_zone: String,
    anchor_day: Option<i32>,
    name: String,
    address: Json<Vec<String>>,
    tax_id: String,
    tax: Json<TaxRegime>,
    language: Language,
    email: String,
    balance: i64,
    standing: String,
    dunning_due: Option<Date>,
    dunning_done: Option<Date>,
    dunning_at: Option<Timestamp>,
    dunning_lag: i32,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            // Zones were parsed when they were kept; one that a newer database dropped counts as UTC.
            zone: row.time_zone.parse().unwrap_or_else(|_| Zone::utc()),
            anchor: row.anchor_day.and_then(|day| Anchor::from_day(u8::try_from(day).ok()?)),
            balance: row.balance,
            standing: Standing::parse(&row.standing).expect("a check constraint keeps the standing known"),
            dunning_due: row.dunning_due,
            dunning_done: row.dunning_done,
            dunning_at: row.dunning_at,
            dunning_lag: i64::from(row.dunning_lag),
            details: AccountDetails {
                currency: row.currency,
                time_zone: row.time_zone,
                buyer: Buyer { name: row.name, address: row.address.0, tax_id: row.tax_id, email: row.email },
                tax: row.tax.0,
                language: row.language,
            },
        }
    }
}

pub async fn find(tx: &mut TenantTx) -> Result<Option<Account>, sqlx::Error> {
    read(tx, "").await
}

/// Locks the account until the transaction ends, with all of its subscriptions against usage that is just being counted:
/// everything that invoices, pays or ends goes through here first.
pub async fn lock(tx: &mut TenantTx) -> Result<Option<Account>, sqlx::Error> {
    let account = read(tx, "FOR UPDATE").await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1, $2)").bind(METERING).bind(key(tx.tenant())).execute(&mut **tx).await?;
    Ok(account)
}

/// The account's standing, which stays as it is until the transaction ends. None before the account is opened.
pub async fn hold_standing(tx: &mut TenantTx) -> Result<Option<Standing>, sqlx::Error> {
    let tenant = tx.tenant();
    let code: Option<String> =
        sqlx::query_scalar("SELECT standing FROM billing.accounts WHERE tenant_id = $1 FOR SHARE").bind(tenant).fetch_optional(&mut **tx).await?;
    Ok(code.map(|code| Standing::parse(&code).expect("a check constraint keeps the standing known")))
}

/// Holds all subscriptions of the account against closing until the transaction ends, together with others that count usage.
/// One lock that writes no row: locks on each subscription, shared by several senders, cost as much as the usage itself. A
/// closer that waits is let in before senders that come after it.
pub async fn share(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock_shared($1, $2)").bind(METERING).bind(key(tx.tenant())).execute(&mut **tx).await?;
    Ok(())
}

/// Tells these locks from others of this database.
const METERING: i32 = 0x6d65_7465;

/// Two tenants with one key wait for each other, which does no harm.
fn key(tenant: TenantId) -> i32 {
    let bytes = tenant.uuid().into_bytes();
    i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

async fn read(tx: &mut TenantTx, locking: &str) -> Result<Option<Account>, sqlx::Error> {
    let sql = format!(
        "SELECT currency, time_zone, anchor_day, name, address, tax_id, tax, language, email, balance, standing,
                dunning_due, dunning_done, dunning_at, dunning_lag
           FROM billing.accounts
          WHERE tenant_id = $1
          {locking}"
    );
    let tenant = tx.tenant();
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(tenant).fetch_optional(&mut **tx).await?;
    Ok(row.map(Account::from))
}

/// Opens the account, or brings its details up to date. The currency stays once anything was invoiced in it.
pub async fn save_details(tx: &mut TenantTx, details: &AccountDetails) -> Result<(), sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    sqlx::query(
        "INSERT INTO billing.accounts AS a
                (tenant_id, currency, time_zone, name, address, tax_id, tax, language, email, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (tenant_id) DO UPDATE
            SET currency = CASE
                    WHEN EXISTS (SELECT FROM billing.subscriptions s WHERE s.tenant_id = a.tenant_id) THEN a.currency
                    ELSE excluded.currency
                END,
                time_zone = excluded.time_zone,
                name = excluded.name,
                address = excluded.address,
                tax_id = excluded.tax_id,
                tax = excluded.tax,
                language = excluded.language,
                email = excluded.email",
    )
    .bind(tenant)
    .bind(details.currency)
    .bind(&details.time_zone)
    .bind(&details.buyer.name)
    .bind(Json(&details.buyer.address))
    .bind(&details.buyer.tax_id)
    .bind(Json(&details.tax))
    .bind(details.language)
    .bind(&details.buyer.email)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what use cases change: anchor, standing, dunning.
pub async fn save(tx: &mut TenantTx, account: &Account) -> Result<(), sqlx::Error> {
    let tenant = tx.tenant();
    sqlx::query(
        "UPDATE billing.accounts
            SET anchor_day = $2,
                standing = $3,
                dunning_due = $4,
                dunning_done = $5,
                dunning_at = $6,
                dunning_lag = $7
          WHERE tenant_id = $1",
    )
    .bind(tenant)
    .bind(account.anchor.map(|anchor| i32::from(anchor.day())))
    .bind(account.standing.code())
    .bind(account.dunning_due)
    .bind(account.dunning_done)
    .bind(account.dunning_at)
    .bind(i32::try_from(account.dunning_lag).unwrap_or(i32::MAX))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One movement of the balance.
#[derive(Debug)]
pub struct Movement<'a> {
    pub id: Uuid,
    pub kind: &'static str,
    /// Minor units; negative where money was used.
    pub amount: i64,
    pub invoice: Option<InvoiceId>,
    pub payment: Option<PaymentId>,
    pub reason: &'a str,
}

/// Writes the movement and the balance that follows from it.
pub async fn move_balance(tx: &mut TenantTx, account: &mut Account, movement: Movement<'_>) -> Result<(), sqlx::Error> {
    let (tenant, now) = (tx.tenant(), tx.now());
    account.balance += movement.amount;
    sqlx::query(
        "INSERT INTO billing.balance_entries (tenant_id, id, at, kind, amount, invoice_id, payment_id, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant)
    .bind(movement.id)
    .bind(now)
    .bind(movement.kind)
    .bind(movement.amount)
    .bind(movement.invoice)
    .bind(movement.payment)
    .bind(movement.reason)
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE billing.accounts SET balance = $2 WHERE tenant_id = $1").bind(tenant).bind(account.balance).execute(&mut **tx).await?;
    Ok(())
}

pub async fn balance_entries(tx: &mut TenantTx, currency: Currency) -> Result<Vec<BalanceEntry>, sqlx::Error> {
    let tenant = tx.tenant();
    let rows: Vec<(Timestamp, String, i64, String)> = sqlx::query_as(
        "SELECT at, kind, amount, reason
           FROM billing.balance_entries
          WHERE tenant_id = $1
          ORDER BY at DESC, id DESC
          LIMIT $2",
    )
    .bind(tenant)
    .bind(ENTRIES_LIMIT)
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|(at, kind, amount, reason)| BalanceEntry { at, kind, amount: Money::new(amount, currency), reason }).collect())
}

/// Makes all accounts that dunning runs for due now, as though none of its days had been dealt with: these are other days now.
pub async fn dun_anew(tx: &mut ProviderTx) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query(
        "UPDATE billing.accounts
            SET dunning_done = dunning_due,
                dunning_at = $1
          WHERE dunning_due IS NOT NULL",
    )
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Tenants for whom something of dunning is to happen by `now`.
pub async fn due(tx: &mut SystemTx, now: Timestamp, limit: i64) -> Result<Vec<TenantId>, sqlx::Error> {
    sqlx::query_scalar("SELECT tenant_id FROM billing.accounts WHERE dunning_at <= $1 ORDER BY dunning_at, tenant_id LIMIT $2")
        .bind(now)
        .bind(limit)
        .fetch_all(&mut **tx)
        .await
}

pub async fn next_due(tx: &mut SystemTx) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar("SELECT min(dunning_at) FROM billing.accounts WHERE dunning_at IS NOT NULL").fetch_one(&mut **tx).await
}

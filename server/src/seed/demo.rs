//! The demo: three organisations in three currencies and two languages, with months of history made by the same use cases
//! as everybody's, under a clock of its own that begins in the past.

use crate::{admin::first_password, roles::Drivers, simulate};
use billing::{
    server::{RecordTransfer, UsageEvent, Wanted},
    view::BankAccount,
};
use catalog::Interval;
use kernel::{Fault, InvoiceId, Language, Money, PageSize, PlanId, TenantId, Timestamp};
use platform::{Clock, Cx, Platform, http::Http, live::LiveHub};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How far back the demo begins.
const HISTORY: Duration = Duration::from_secs(150 * DAY);
/// Between two visits of the demo's bookkeeper.
const PAYS_EVERY: Duration = Duration::from_secs(10 * DAY);
const DAY: u64 = 24 * 3600;

/// One organisation of the demo. Addresses are at a domain that is reserved for tests.
struct Organisation {
    slug: &'static str,
    name: &'static str,
    city: &'static str,
    country: &'static str,
    language: Language,
    currency: &'static str,
    time_zone: &'static str,
    tier: &'static str,
    database_plan: &'static str,
    checks_plan: &'static str,
    /// Whether its newest invoices are left open.
    pays_late: bool,
}

const ORGANISATIONS: [Organisation; 3] = [
    Organisation {
        slug: "demo-jakarta",
        name: "Demo Jakarta",
        city: "Jakarta",
        country: "ID",
        language: Language::Id,
        currency: "IDR",
        time_zone: "Asia/Jakarta",
        tier: "professional",
        database_plan: "standard",
        checks_plan: "basic",
        pays_late: false,
    },
    Organisation {
        slug: "demo-new-york",
        name: "Demo New York",
        city: "New York",
        country: "US",
        language: Language::En,
        currency: "USD",
        time_zone: "America/New_York",
        tier: "enterprise",
        database_plan: "business",
        checks_plan: "team",
        pays_late: false,
    },
    Organisation {
        slug: "demo-berlin",
        name: "Demo Berlin",
        city: "Berlin",
        country: "DE",
        language: Language::En,
        currency: "EUR",
        time_zone: "Europe/Berlin",
        tier: "starter",
        database_plan: "standard",
        checks_plan: "basic",
        pays_late: true,
    },
];

impl Organisation {
    /// What one of its meters says of ten days: growing, and larger where the plan is.
    fn uses(&self, meter: &str, visit: u32) -> u32 {
        let size = match self.tier {
            "starter" => 1,
            "professional" => 2,
            _ => 5,
        };
        match meter {
            "storage_gb_hours" => size * (900 + 140 * visit),
            "connection_peak" => size * (4 + visit % 5),
            "checks_run" => size * 14_400,
            _ => 0,
        }
    }
}

/// The provider's accounts: bank, number and currency. Numbers of noughts, which no bank gives out.
const ACCOUNTS: [(&str, &str, &str); 3] =
    [("Example Bank Jakarta", "000-00-0000000-0", "IDR"), ("Example Bank New York", "0000000000 (routing 000000000)", "USD"), ("Example Bank Berlin", "DE00 0000 0000 0000 0000 00", "EUR")];
/// The provider's people, by role.
const STAFF: [(&str, &str); 3] = [("operator", "Operator"), ("finance", "Finance"), ("auditor", "Auditor")];
/// Who works at the first organisation beside its owner, by role.
const COLLEAGUES: [(&str, &str); 4] = [("admin", "Admin"), ("technical", "Technical"), ("billing", "Billing"), ("member", "Member")];

/// Makes the demo; answers the sign-ins to print, once.
pub async fn make(cx: &Cx, drivers: &Drivers) -> Result<Vec<(String, String)>, String> {
    let platform = cx.platform();
    let today = platform.clock.now();
    let past = Platform::new(
        platform.db.clone(),
        Clock::still(today.minus(HISTORY)),
        platform.config.clone(),
        platform.secrets.clone(),
        Http::new(),
        LiveHub::new(CancellationToken::new()),
    );
    let cx = Cx::system(past, "demo", None);
    provider(&cx).await?;
    let mut sign_ins = Vec::new();
    for (role, name) in STAFF {
        sign_ins.push(staff(&cx, role, name).await?);
    }
    let mut tenants = Vec::new();
    for organisation in &ORGANISATIONS {
        let (tenant, email, password) = sign_up(&cx, organisation).await?;
        tenants.push((tenant, organisation));
        sign_ins.push((email, password));
    }
    // The accounts open by event, so what was announced has to be heard before anything is subscribed.
    advance(&cx, drivers, cx.now()).await?;
    for (tenant, organisation) in &tenants {
        begin(&Cx::system(cx.platform().clone(), "demo", Some(*tenant)), organisation).await?;
    }
    let (first, its) = tenants[0];
    for (role, name) in COLLEAGUES {
        sign_ins.push(colleague(&cx, first, its, role, name).await?);
    }
    for visit in 0.. {
        if cx.now() >= today {
            break;
        }
        advance(&cx, drivers, cx.now().plus(PAYS_EVERY).min(today)).await?;
        let recent = today.since(cx.now()) < Duration::from_secs(40 * DAY);
        for (tenant, organisation) in &tenants {
            uses(&cx, *tenant, organisation, visit).await?;
            if !(organisation.pays_late && recent) {
                pay(&cx, *tenant).await?;
            }
        }
    }
    Ok(sign_ins)
}

async fn advance(cx: &Cx, drivers: &Drivers, to: Timestamp) -> Result<(), String> {
    simulate::advance(cx, drivers, to).await.map(drop).map_err(|error| error.to_string())
}

/// Who invoices, and where transfers go. Nothing of it exists.
async fn provider(cx: &Cx) -> Result<(), String> {
    let before = identity::server::provider(cx).await.map_err(|fault| fault.to_string())?;
    let profile = identity::organisation::ProfileForm {
        legal_name: format!("{} (demo)", before.name),
        street: "100 Example Street".to_owned(),
        postal_code: "10110".to_owned(),
        city: "Jakarta".to_owned(),
        country: "ID".to_owned(),
        ..before.form()
    };
    identity::server::update_provider(cx, profile).await.map_err(|error| error.to_string())?;
    let bank = ACCOUNTS.map(|(bank, account, currency)| BankAccount {
        bank: bank.to_owned(),
        account: account.to_owned(),
        holder: format!("{} (demo)", before.name),
        currency: currency.parse().ok(),
    });
    let theirs = Cx::system(cx.platform().clone(), "demo", Some(before.id));
    billing::server::save_bank_accounts(&theirs, "billing@service-hub.test".to_owned(), bank.into()).await.map_err(|error| error.to_string())
}

async fn staff(cx: &Cx, role: &str, name: &str) -> Result<(String, String), String> {
    let (email, password) = (format!("{role}@service-hub.test"), first_password());
    let command = identity::CreateOperator {
        email: email.clone(),
        name: name.to_owned(),
        role: role.to_owned(),
        password: Some(identity::Password::new(password.clone())),
        language: Language::En,
    };
    identity::server::create_operator(cx, command).await.map_err(|error| error.to_string())?;
    Ok((email, password))
}

/// Invited, and in by the link of the mail.
async fn colleague(cx: &Cx, tenant: TenantId, organisation: &Organisation, role: &str, name: &str) -> Result<(String, String), String> {
    let (email, password) = (format!("{role}@{}.test", organisation.slug), first_password());
    let theirs = Cx::system(cx.platform().clone(), "demo", Some(tenant));
    let command = identity::InviteMember { email: email.clone(), role: role.to_owned() };
    identity::server::invite_member(&theirs, command).await.map_err(|error| error.to_string())?;
    let mails = platform::mail::mailbox(cx).await.map_err(|error| error.to_string())?;
    let letter = mails.into_iter().find(|mail| mail.recipient == email).ok_or("the invitation was not mailed")?;
    let token = letter.text.split_once("token=").map(|(_, rest)| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).next().unwrap_or_default());
    let command = identity::AcceptInvitation {
        token: token.ok_or("the invitation has no link")?.to_owned(),
        name: name.to_owned(),
        password: identity::Password::new(password.clone()),
        user_agent: String::new(),
    };
    let door = Cx::nobody(cx.platform().clone(), organisation.language, "demo", "");
    identity::server::accept_invitation(&door, command).await.map_err(|error| error.to_string())?;
    Ok((email, password))
}

/// What the organisation's services used in the days before a visit, as their meters would have said it.
async fn uses(cx: &Cx, tenant: TenantId, organisation: &Organisation, visit: u32) -> Result<(), String> {
    let theirs = Cx::system(cx.platform().clone(), "demo", Some(tenant));
    let at = cx.now().minus(Duration::from_secs(DAY / 2));
    let events: Vec<UsageEvent> = billing::server::usage_report(&theirs, None)
        .await
        .map_err(|error| error.to_string())?
        .into_iter()
        // A term that began since takes nothing of before.
        .filter(|usage| usage.from <= at)
        .flat_map(|usage| {
            let instance = usage.instance;
            usage.meters.into_iter().map(move |meter| (instance, meter.meter))
        })
        .map(|(instance, meter)| {
            let value = organisation.uses(&meter, visit);
            UsageEvent { source: "demo".to_owned(), id: format!("{instance}/{meter}/{visit}"), instance, meter, value: value.into(), unique: None, at }
        })
        .collect();
    billing::server::record_usage(&theirs, &events).await.map(drop).map_err(|error| error.to_string())
}

async fn sign_up(cx: &Cx, organisation: &Organisation) -> Result<(TenantId, String, String), String> {
    let (email, password) = (format!("owner@{}.test", organisation.slug), first_password());
    let command = identity::CreateTenant {
        slug: organisation.slug.to_owned(),
        name: organisation.name.to_owned(),
        owner_email: email.clone(),
        owner_name: "Owner".to_owned(),
        owner_password: Some(identity::Password::new(password.clone())),
        language: organisation.language,
        currency: organisation.currency.to_owned(),
        time_zone: organisation.time_zone.to_owned(),
        tier: String::new(),
    };
    let created = identity::server::create_tenant(cx, command).await.map_err(|error| error.to_string())?;
    Ok((created.tenant, email, password))
}

/// Profile, tier, and two services.
async fn begin(cx: &Cx, organisation: &Organisation) -> Result<(), String> {
    let profile = identity::organisation::ProfileForm {
        slug: organisation.slug.to_owned(),
        name: organisation.name.to_owned(),
        legal_name: organisation.name.to_owned(),
        street: "1 Example Street".to_owned(),
        postal_code: "10110".to_owned(),
        city: organisation.city.to_owned(),
        country: organisation.country.to_owned(),
        tax_id: String::new(),
        language: organisation.language.code().to_owned(),
        currency: organisation.currency.to_owned(),
        time_zone: organisation.time_zone.to_owned(),
        seen: String::new(),
    };
    identity::server::update_organisation(cx, profile).await.map_err(|error| error.to_string())?;
    let tier = plan(cx, "platform", organisation.tier).await?;
    billing::server::subscribe_tier(cx, tier, Interval::Monthly).await.map_err(|error| error.to_string())?;
    let database = plan(cx, "managed-postgresql", organisation.database_plan).await?;
    order(cx, database, "Orders database", json!({ "database_name": "orders" })).await?;
    let checks = plan(cx, "uptime-monitoring", organisation.checks_plan).await?;
    let url = format!("http://{}/healthz", cx.config().addr);
    order(cx, checks, "Website", json!({ "checks": [{ "name": "Service Hub", "kind": "http", "target": url, "interval_seconds": 60 }] })).await
}

async fn order(cx: &Cx, plan: PlanId, name: &str, configuration: Value) -> Result<(), String> {
    let order = provisioning::commands::OrderInstance { id: None, plan, name: name.to_owned(), configuration };
    provisioning::server::order_instance(cx, order).await.map(drop).map_err(|error| error.to_string())
}

/// By its code, or the offering's first where the catalog was edited meanwhile.
async fn plan(cx: &Cx, offering: &str, code: &str) -> Result<PlanId, String> {
    let view = catalog::server::public_offering(cx, offering).await.map_err(|error| error.to_string())?;
    let plans = view.map(|view| view.plans).unwrap_or_default();
    let found = plans.iter().find(|card| card.plan.terms.code.eq_ignore_ascii_case(code)).or(plans.first());
    found.map(|card| card.plan.id).ok_or_else(|| format!("the catalog has no offering {offering}"))
}

/// Every open invoice, by transfer.
async fn pay(cx: &Cx, tenant: TenantId) -> Result<(), String> {
    let theirs = Cx::system(cx.platform().clone(), "demo", Some(tenant));
    let page = billing::server::list_invoices(&theirs, Wanted::Open, None, PageSize::default()).await.map_err(|error| error.to_string())?;
    for invoice in page.rows {
        transfer(cx, tenant, invoice.id, invoice.open).await.map_err(|fault| fault.to_string())?;
    }
    Ok(())
}

async fn transfer(cx: &Cx, tenant: TenantId, invoice: InvoiceId, amount: Money) -> Result<(), Fault> {
    let command = RecordTransfer {
        tenant,
        invoice: Some(invoice),
        invoice_number: None,
        amount,
        reference: format!("DEMO-{invoice}"),
        received_on: cx.now().date_utc(),
    };
    billing::server::record_bank_transfer(cx, command).await.map(drop).map_err(|error| Fault::new(error.to_string()))
}

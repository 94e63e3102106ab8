//! The catalog over a real database: browsing, editing, publishing, and that what is published never changes.
#![cfg(feature = "server")]

use catalog::{
    ChargeModel, Interval, OfferingState, PLATFORM, Text,
    server::{
        CatalogError, OfferingCommand, archive, create_offering, editor, list_offerings, offering_by_slug, pause, plan, plan_for_order,
        public_offerings, publish, resume, save_draft, seed_catalog, set_prices, start_draft, staff_offerings, tier_plans, update_offering,
        validate_configuration,
    },
};
use kernel::{Currency, Need, Role};
use platform::testing::Hub;
use rust_decimal::Decimal;
use serde_json::json;

async fn seeded() -> Hub {
    let hub = Hub::start().await;
    assert_eq!(seed_catalog(&hub.system(None)).await.expect("seeds"), 3);
    hub
}

#[tokio::test]
async fn the_catalog_ships_once_and_is_browsed_by_everybody() {
    let hub = seeded().await;
    assert_eq!(seed_catalog(&hub.system(None)).await.expect("seeds again"), 0);
    let member = hub.cx(hub.tenant(), Role::Member);
    let slugs: Vec<String> = list_offerings(&member, "", None).await.expect("lists").into_iter().map(|card| card.slug).collect();
    assert_eq!(slugs, ["managed-postgresql", "uptime-monitoring"]);
    assert_eq!(list_offerings(&member, "basis data", None).await.expect("lists").len(), 1);
    assert_eq!(list_offerings(&member, "", Some("monitoring")).await.expect("lists").len(), 1);
    assert_eq!(list_offerings(&member, "nothing like it", None).await.expect("lists").len(), 0);
    let view = offering_by_slug(&member, "managed-postgresql").await.expect("reads").expect("is there");
    assert_eq!(view.plans.len(), 3);
    for currency in Currency::ALL {
        assert!(view.plans.iter().all(|plan| plan.fee(currency, Interval::Monthly).is_some()), "{currency}");
    }
    let public = public_offerings(&hub.nobody()).await.expect("visitors read it");
    assert_eq!(public[0].offering.slug, PLATFORM);
    let tiers = tier_plans(&hub.nobody()).await.expect("reads");
    assert_eq!(tiers.len(), 3);
    assert!(tiers.iter().all(|tier| tier.fee(Currency::Idr, Interval::Annual).is_some()));
}

#[tokio::test]
async fn a_configuration_is_checked_and_filled_in() {
    let hub = seeded().await;
    let member = hub.cx(hub.tenant(), Role::Member);
    let view = offering_by_slug(&member, "managed-postgresql").await.expect("reads").expect("is there");
    let schema = &view.plans[0].plan.terms.config_schema;
    let filled = validate_configuration(schema, json!({"database_name": "shop"})).expect("fits");
    assert_eq!(filled, json!({"database_name": "shop", "connection_limit": 5, "extensions": []}));
    let errors = validate_configuration(schema, json!({"database_name": "Shop", "connection_limit": 6})).expect_err("two errors");
    assert_eq!(errors.len(), 2);
}

#[tokio::test]
async fn a_published_version_stays_as_it_is_while_the_next_is_edited() {
    let hub = seeded().await;
    let operator = hub.staff(Role::Operator);
    let tenant = hub.cx(hub.tenant(), Role::Member);
    let offering = staff_offerings(&operator).await.expect("lists")[1].offering.clone();
    let before = offering_by_slug(&tenant, &offering.slug).await.expect("reads").expect("is there").plans[0].plan.clone();

    start_draft(&operator, offering.id).await.expect("drafts");
    let mut prices = before.terms.components[0].prices.clone();
    for price in &mut prices {
        price.charge = ChargeModel::Flat { amount: Decimal::ONE_HUNDRED };
    }
    let view = set_prices(&operator, offering.id, &before.terms.code, "fee", prices).await.expect("sets prices");
    assert!(view.findings.is_empty(), "{:?}", view.findings);
    let same = offering_by_slug(&tenant, &offering.slug).await.expect("reads").expect("is there").plans[0].plan.clone();
    assert_eq!(same, before, "drafts are not sold");

    let view = publish(&operator, offering.id).await.expect("publishes");
    assert_eq!(view.published.map(|version| version.number), Some(2));
    let after = offering_by_slug(&tenant, &offering.slug).await.expect("reads").expect("is there").plans[0].plan.clone();
    assert_ne!(after.id, before.id);
    let mut tx = tenant.tenant_tx(Need::MEMBER).await.expect("opens");
    assert_eq!(plan(&mut tx, before.id).await.expect("reads").expect("still there"), before);
    assert_eq!(plan_for_order(&mut tx, before.id).await.expect("reads"), None, "an older version is not sold");
    assert!(plan_for_order(&mut tx, after.id).await.expect("reads").is_some());
    drop(tx);

    let mut tx = operator.provider_tx(Need::CATALOG_WRITE).await.expect("opens");
    let touched = sqlx::query("UPDATE catalog.plans SET code = 'other' WHERE id = $1").bind(before.id).execute(&mut *tx).await;
    assert!(touched.is_err(), "the database itself keeps published plans");
}

#[tokio::test]
async fn drafts_with_errors_are_not_published() {
    let hub = seeded().await;
    let operator = hub.staff(Role::Operator);
    let command = OfferingCommand {
        slug: "static-web".into(),
        name: Text::same("Static web"),
        category: "web".into(),
        summary: Text::same("Sites"),
        description: Text::default(),
        driver: None,
    };
    let view = create_offering(&operator, command.clone()).await.expect("creates");
    assert!(matches!(create_offering(&operator, command.clone()).await, Err(CatalogError::SlugTaken)));
    assert!(matches!(create_offering(&operator, OfferingCommand { slug: "Bad Slug".into(), ..command }).await, Err(CatalogError::Fields(_))));
    assert!(matches!(publish(&operator, view.offering.id).await, Err(CatalogError::Findings(_))));
    assert!(matches!(resume(&operator, view.offering.id).await, Err(CatalogError::NothingPublished)));

    let mut terms = offering_by_slug(&hub.cx(hub.tenant(), Role::Member), "uptime-monitoring").await.expect("reads").expect("there").plans[0].plan.terms.clone();
    terms.config_schema = json!({"type": "nonsense"});
    let view = save_draft(&operator, view.offering.id, vec![terms.clone()]).await.expect("keeps what was typed");
    assert_eq!(view.findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["schema"]);
    assert!(matches!(publish(&operator, view.offering.id).await, Err(CatalogError::Findings(_))));
    terms.config_schema = json!({"type": "object"});
    save_draft(&operator, view.offering.id, vec![terms]).await.expect("saves");
    let view = publish(&operator, view.offering.id).await.expect("publishes");
    assert_eq!(view.offering.state, OfferingState::Active);
    assert_eq!(pause(&operator, view.offering.id).await.expect("pauses").offering.state, OfferingState::Paused);
    assert_eq!(archive(&operator, view.offering.id).await.expect("archives").offering.state, OfferingState::Archived);
    assert!(matches!(resume(&operator, view.offering.id).await, Err(CatalogError::Archived)));
}

#[tokio::test]
async fn only_operators_edit() {
    let hub = seeded().await;
    let offering = staff_offerings(&hub.staff(Role::Auditor)).await.expect("auditors look")[1].offering.id;
    assert!(editor(&hub.staff(Role::Auditor), offering).await.is_ok());
    for cx in [hub.staff(Role::Auditor), hub.staff(Role::Finance), hub.cx(hub.tenant(), Role::Owner), hub.nobody()] {
        assert!(matches!(start_draft(&cx, offering).await, Err(CatalogError::Denied(_))));
    }
}

#[tokio::test]
async fn what_is_refused_stands_in_the_providers_trail() {
    let hub = seeded().await;
    let provider = hub.tenant();
    let editor = hub.staff(Role::Operator);
    let editor = editor.clone().signed_in(editor.actor().clone(), Some(provider), Role::Operator.permissions());
    let command = |slug: &str| OfferingCommand {
        slug: slug.into(),
        name: Text { en: "Mail".into(), id: "Surel".into() },
        category: "mail".into(),
        summary: Text { en: "Mail".into(), id: "Surel".into() },
        description: Text::default(),
        driver: None,
    };
    create_offering(&editor, command("managed-postgresql")).await.expect_err("the address is taken");
    create_offering(&editor, command("M")).await.expect_err("no address");
    let mail = create_offering(&editor, command("mail")).await.expect("is new").offering.id;
    publish(&editor, mail).await.expect_err("it has no plans");
    resume(&editor, mail).await.expect_err("nothing is published");
    archive(&editor, mail).await.expect("archives");
    pause(&editor, mail).await.expect_err("archived for good");
    let mail = mail.to_string();
    let entry = |action: &str, subject: &str, code: &str| (format!("catalog.{action}"), subject.to_owned(), format!("catalog.{code}"));
    assert_eq!(
        hub.refusals(provider).await,
        [
            entry("offering.created", "", "slug_taken"),
            entry("offering.created", "", "fields"),
            entry("version.published", &mail, "draft_has_errors"),
            entry("offering.resumed", &mail, "nothing_published"),
            entry("offering.paused", &mail, "archived"),
        ]
    );
}

/// Waits until a transaction waits for another's lock.
async fn somebody_waits(hub: &Hub) {
    let mut raw = hub.raw_login().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut raw).await.expect("the database answers") == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_two_who_edit_at_once_neither_undoes_the_other() {
    let hub = Hub::start_with(4).await;
    seed_catalog(&hub.system(None)).await.expect("seeds");
    let operator = hub.staff(Role::Operator);
    let shipped = staff_offerings(&operator).await.expect("lists");
    let (base, watch) = (&shipped[1].offering, &shipped[2].offering);

    // Archived while somebody saves texts: the state is not theirs.
    let mut archiving = operator.provider_tx(Need::CATALOG_WRITE).await.expect("opens");
    sqlx::query("UPDATE catalog.offerings SET state = 'archived' WHERE id = $1").bind(base.id).execute(&mut *archiving).await.expect("archives");
    let command = OfferingCommand {
        slug: base.slug.clone(),
        name: Text::same("Databases"),
        category: base.category.clone(),
        summary: base.summary.clone(),
        description: base.description.clone(),
        driver: base.driver.clone(),
    };
    let commits = async {
        somebody_waits(&hub).await;
        archiving.commit().await.expect("commits");
    };
    let (saved, ()) = tokio::join!(update_offering(&operator, base.id, command), commits);
    let saved = saved.expect("saves").offering;
    assert_eq!((saved.state, saved.name), (OfferingState::Archived, Text::same("Databases")));
    let kept = editor(&operator, base.id).await.expect("reads").offering;
    assert_eq!((kept.state, kept.name), (OfferingState::Archived, Text::same("Databases")));

    // A longer trial is saved while somebody sets one price: both are in the draft.
    let draft = start_draft(&operator, watch.id).await.expect("drafts").draft.expect("a draft");
    let mut editing = operator.provider_tx(Need::CATALOG_WRITE).await.expect("opens");
    sqlx::query("SELECT id FROM catalog.versions WHERE id = $1 FOR UPDATE").bind(draft.id).execute(&mut *editing).await.expect("locks");
    sqlx::query("UPDATE catalog.plans SET terms = jsonb_set(terms, '{trial_days}', '30') WHERE version_id = $1").bind(draft.id).execute(&mut *editing).await.expect("edits");
    let commits = async {
        somebody_waits(&hub).await;
        editing.commit().await.expect("commits");
    };
    let mut prices = draft.plans[0].terms.components[0].prices.clone();
    for price in &mut prices {
        price.charge = ChargeModel::Flat { amount: Decimal::ONE_HUNDRED };
    }
    let (code, part) = (draft.plans[0].terms.code.clone(), draft.plans[0].terms.components[0].code.clone());
    let (saved, ()) = tokio::join!(set_prices(&operator, watch.id, &code, &part, prices.clone()), commits);
    let plans = saved.expect("saves").draft.expect("a draft").plans;
    assert!(plans.iter().all(|plan| plan.terms.trial_days == 30), "what the other saved is there");
    assert_eq!(plans[0].terms.components[0].prices, prices);
}

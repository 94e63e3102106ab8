//! What provisioning writes by mail, in each reader's language.

use super::{store::instances::InstanceRecord, terms::PlanFacts};
use crate::operation::Message;
use kernel::{Fault, Language, MailId};
use platform::{Cx, TenantTx, mail_layout::Letter};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

#[derive(Deserialize)]
struct Texts {
    plan_not_changed: Text,
    /// By meter; `settings` for those that do not fit.
    why: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Text {
    subject: String,
    title: String,
    paragraphs: Vec<String>,
    button: String,
    footnote: String,
}

static EN: LazyLock<Texts> = LazyLock::new(|| toml::from_str(include_str!("../../texts/en.toml")).expect("texts/en.toml is read by a test"));
static ID: LazyLock<Texts> = LazyLock::new(|| toml::from_str(include_str!("../../texts/id.toml")).expect("texts/id.toml is read by a test"));

fn texts(language: Language) -> &'static Texts {
    match language {
        Language::En => &EN,
        Language::Id => &ID,
    }
}

/// A planned change of plan was not made. To those who look after services and to those who look after billing, in the
/// transaction that drops it.
pub(super) async fn plan_not_changed(cx: &Cx, tx: &mut TenantTx, instance: &InstanceRecord, plan: &PlanFacts, why: &Message) -> Result<(), Fault> {
    let organisation = identity::server::organisation(tx).await?.name;
    let mut contacts = identity::server::technical_contacts(tx).await?;
    contacts.extend(identity::server::contacts(tx).await?);
    let mut told = BTreeSet::new();
    for contact in contacts {
        if !told.insert(contact.person) {
            continue;
        }
        let language = contact.language;
        let reason = reason(why, language);
        let fill = |words: &str| {
            words
                .replace("{service}", &instance.name)
                .replace("{plan}", plan.plan_name.get(language))
                .replace("{organisation}", &organisation)
                .replace("{why}", &reason)
        };
        let text = &texts(language).plan_not_changed;
        let letter = Letter {
            subject: fill(&text.subject),
            title: fill(&text.title),
            paragraphs: text.paragraphs.iter().map(|paragraph| fill(paragraph)).collect(),
            button: Some((text.button.clone(), format!("{}/services/{}?tab=configuration", cx.config().public_url, instance.id))),
            facts: Vec::new(),
            footnote: fill(&text.footnote),
        };
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), &letter.to(contact.email)).await?;
    }
    Ok(())
}

fn reason(why: &Message, language: Language) -> String {
    let argument = |name: &str| why.args.get(name).map(String::as_str).unwrap_or_default();
    let meter = argument("meter");
    let words = &texts(language).why;
    let sentence = words.get(meter).or_else(|| words.get("settings")).cloned().unwrap_or_default();
    sentence
        .replace("{used}", &quantity(meter, argument("used"), language))
        .replace("{limit}", &quantity(meter, argument("limit"), language))
        .replace("{field}", argument("field"))
}

/// `3 GB`, `1.25 GB` (`1,25 GB` in Indonesian); other meters are counted as they are.
fn quantity(meter: &str, value: &str, language: Language) -> String {
    let Some(bytes) = value.parse::<i64>().ok().filter(|_| meter == "storage_bytes") else { return value.to_owned() };
    let gigabytes = rust_decimal::Decimal::new(bytes, 9).round_dp(2).normalize().to_string();
    let gigabytes = match language {
        Language::En => gigabytes,
        Language::Id => gigabytes.replace('.', ","),
    };
    format!("{gigabytes} GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_letter_and_every_reason() {
        assert_eq!(EN.why.keys().collect::<Vec<_>>(), ID.why.keys().collect::<Vec<_>>());
        assert_eq!(EN.plan_not_changed.paragraphs.len(), ID.plan_not_changed.paragraphs.len());
        for meter in ["storage_bytes", "connections", "settings"] {
            assert!(EN.why.contains_key(meter), "{meter}");
        }
    }

    #[test]
    fn the_reason_has_the_numbers() {
        let why = Message::new("provisioning.error.below_use").with("meter", "storage_bytes").with("used", 3_250_000_000_i64).with("limit", 1_000_000_000);
        assert_eq!(reason(&why, Language::En), "3.25 GB are stored, and the plan allows 1 GB.");
        assert_eq!(reason(&why, Language::Id), "3,25 GB tersimpan, sedangkan paket itu mengizinkan 1 GB.");
    }
}

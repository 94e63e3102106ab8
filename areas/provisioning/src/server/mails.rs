//! What provisioning writes by mail, in each reader's language.

use super::{store::instances::InstanceRecord, terms::PlanFacts};
use crate::operation::Message;
use identity::view::Contact;
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
    storage_filling_up: Text,
    storage_full: Text,
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
    let mut contacts = identity::server::technical_contacts(tx).await?;
    contacts.extend(identity::server::contacts(tx).await?);
    let about = About { instance, tab: "configuration" };
    tell(cx, tx, contacts, &about, |language| {
        let filling = vec![("{plan}", plan.plan_name.get(language).to_owned()), ("{why}", reason(why, language))];
        (&texts(language).plan_not_changed, filling)
    })
    .await
}

/// Its storage came to a mark of what its plan allows, in bytes. To those who look after services, in the transaction that
/// notes the mark.
pub(super) async fn storage_filling_up(cx: &Cx, tx: &mut TenantTx, instance: &InstanceRecord, limit: i64) -> Result<(), Fault> {
    let contacts = identity::server::technical_contacts(tx).await?;
    let about = About { instance, tab: "live" };
    tell(cx, tx, contacts, &about, |language| {
        let bytes = |bytes: i64| quantity("storage_bytes", &bytes.to_string(), language);
        let filling = vec![("{percent}", instance.quota_told.to_string()), ("{used}", bytes(instance.storage_bytes)), ("{limit}", bytes(limit))];
        (if instance.quota_told < 100 { &texts(language).storage_filling_up } else { &texts(language).storage_full }, filling)
    })
    .await
}

/// The service that a letter is about, and the tab of its page that its button opens.
struct About<'a> {
    instance: &'a InstanceRecord,
    tab: &'static str,
}

/// One letter to each contact, in their language, with its places filled in.
async fn tell(
    cx: &Cx,
    tx: &mut TenantTx,
    contacts: Vec<Contact>,
    about: &About<'_>,
    letter: impl Fn(Language) -> (&'static Text, Vec<(&'static str, String)>),
) -> Result<(), Fault> {
    let organisation = identity::server::organisation(tx).await?.name;
    let About { instance, tab } = about;
    let mut told = BTreeSet::new();
    for contact in contacts {
        if !told.insert(contact.person) {
            continue;
        }
        let (text, filling) = letter(contact.language);
        let fill = |words: &str| {
            let named = words.replace("{service}", &instance.name).replace("{organisation}", &organisation);
            filling.iter().fold(named, |words, (place, value)| words.replace(place, value))
        };
        let letter = Letter {
            subject: fill(&text.subject),
            title: fill(&text.title),
            paragraphs: text.paragraphs.iter().map(|paragraph| fill(paragraph)).collect(),
            button: Some((text.button.clone(), format!("{}/services/{}?tab={tab}", cx.config().public_url, instance.id))),
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
        let letters = [(&EN.plan_not_changed, &ID.plan_not_changed), (&EN.storage_filling_up, &ID.storage_filling_up), (&EN.storage_full, &ID.storage_full)];
        for (english, indonesian) in letters {
            assert_eq!(english.paragraphs.len(), indonesian.paragraphs.len());
        }
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

//! What provisioning writes by mail, in each reader's language.

use super::{store::instances::InstanceRecord, terms::PlanFacts};
use crate::operation::Message;
use identity::view::Contact;
use kernel::{Fault, Language, MailId};
use platform::{
    Cx, TenantTx,
    mail_texts::{self, LetterText},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Texts {
    plan_not_changed: LetterText,
    storage_filling_up: LetterText,
    storage_full: LetterText,
    /// By meter; `settings` for those that do not fit.
    why: BTreeMap<String, String>,
}

static TEXTS: mail_texts::Texts<Texts> = mail_texts::Texts::new(include_str!("../../texts/en.toml"), include_str!("../../texts/id.toml"));

/// A planned change of plan was not made. To those who look after services and to those who look after billing, in the
/// transaction that drops it.
pub(super) async fn plan_not_changed(cx: &Cx, tx: &mut TenantTx, instance: &InstanceRecord, plan: &PlanFacts, why: &Message) -> Result<(), Fault> {
    let mut contacts = identity::server::technical_contacts(tx).await?;
    contacts.extend(identity::server::contacts(tx).await?);
    let about = About { instance, tab: "configuration" };
    tell(cx, tx, contacts, &about, |language| {
        let filling = vec![("{plan}", plan.plan_name.get(language).to_owned()), ("{why}", reason(why, language))];
        (&TEXTS.of(language).plan_not_changed, filling)
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
        (if instance.quota_told < 100 { &TEXTS.of(language).storage_filling_up } else { &TEXTS.of(language).storage_full }, filling)
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
    letter: impl Fn(Language) -> (&'static LetterText, Vec<(&'static str, String)>),
) -> Result<(), Fault> {
    let organisation = identity::server::organisation(tx).await?.name;
    let About { instance, tab } = about;
    let mut told = BTreeSet::new();
    for contact in contacts {
        if !told.insert(contact.person) {
            continue;
        }
        let (text, filling) = letter(contact.language);
        let mut places = vec![("{service}", instance.name.as_str()), ("{organisation}", organisation.as_str())];
        places.extend(filling.iter().map(|(place, value)| (*place, value.as_str())));
        let letter = text.letter(&places, format!("{}/services/{}?tab={tab}", cx.config().public_url, instance.id));
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), &letter.to(contact.email)).await?;
    }
    Ok(())
}

fn reason(why: &Message, language: Language) -> String {
    let argument = |name: &str| why.args.get(name).map(String::as_str).unwrap_or_default();
    let meter = argument("meter");
    let words = &TEXTS.of(language).why;
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
        let (en, id) = (TEXTS.of(Language::En), TEXTS.of(Language::Id));
        assert_eq!(en.why.keys().collect::<Vec<_>>(), id.why.keys().collect::<Vec<_>>());
        let letters = [(&en.plan_not_changed, &id.plan_not_changed), (&en.storage_filling_up, &id.storage_filling_up), (&en.storage_full, &id.storage_full)];
        for (english, indonesian) in letters {
            assert_eq!(english.paragraphs.len(), indonesian.paragraphs.len());
        }
        for meter in ["storage_bytes", "connections", "settings"] {
            assert!(en.why.contains_key(meter), "{meter}");
        }
    }

    #[test]
    fn the_reason_has_the_numbers() {
        let why = Message::new("provisioning.error.below_use").with("meter", "storage_bytes").with("used", 3_250_000_000_i64).with("limit", 1_000_000_000);
        assert_eq!(reason(&why, Language::En), "3.25 GB are stored, and the plan allows 1 GB.");
        assert_eq!(reason(&why, Language::Id), "3,25 GB tersimpan, sedangkan paket itu mengizinkan 1 GB.");
    }
}

//! Tells those who look after the technical side that a check is down or up again, in their language.

use super::store::{checks::CheckRecord, mail_counts};
use kernel::{Fault, Language, MailId, Timestamp};
use platform::{
    Cx, TenantTx, fault,
    mail_layout::Letter,
    mail_texts::{self, LetterText},
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Texts {
    down: LetterText,
    still_down: LetterText,
    recovered: LetterText,
    words: BTreeMap<String, String>,
}

static TEXTS: mail_texts::Texts<Texts> = mail_texts::Texts::new(include_str!("../../texts/en.toml"), include_str!("../../texts/id.toml"));

/// What is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum News {
    Down,
    StillDown,
    /// It was down since then.
    Recovered { down_since: Option<Timestamp> },
}

/// News that an organisation is mailed within an hour. What is still down when the next one begins is told then.
const MOST_AN_HOUR: i32 = 60;
/// Of these, how many go to an address that nobody confirmed: it may be a stranger's.
const MOST_UNCONFIRMED: i32 = 5;

/// Writes the mails in the transaction of the change, so that each is sent once; answers whether people are told. Where there
/// is nobody to tell, they are.
pub(super) async fn tell(cx: &Cx, tx: &mut TenantTx, check: &CheckRecord, news: News, since: Timestamp) -> Result<bool, Fault> {
    let told = mail_counts::count(tx).await.map_err(fault)?;
    if told > MOST_AN_HOUR {
        if told == MOST_AN_HOUR + 1 {
            tracing::warn!(tenant = %tx.tenant(), "Checks of this organisation have more news than {MOST_AN_HOUR} in this hour; no more are mailed until the next");
        }
        return Ok(false);
    }
    let mut contacts = identity::server::technical_contacts(tx).await?;
    if contacts.is_empty() {
        return Ok(true);
    }
    contacts.retain(|contact| contact.confirmed || told <= MOST_UNCONFIRMED);
    if contacts.is_empty() {
        // Not counted: who confirms the address meanwhile is told at once.
        mail_counts::take_back(tx).await.map_err(fault)?;
        return Ok(false);
    }
    let organisation = identity::server::organisation(tx).await?.name;
    let link = format!("{}/monitoring/{}", cx.config().public_url, check.id);
    for contact in contacts {
        let letter = letter(check, news, since, &organisation, contact.language, &link);
        tx.send_mail(MailId::from_uuid(cx.new_uuid()), &letter.to(contact.email)).await?;
    }
    Ok(true)
}

fn letter(check: &CheckRecord, news: News, since: Timestamp, organisation: &str, language: Language, link: &str) -> Letter {
    let texts = TEXTS.of(language);
    let (text, lasted) = match news {
        News::Down => (&texts.down, String::new()),
        News::StillDown => (&texts.still_down, String::new()),
        News::Recovered { down_since } => (&texts.recovered, down_since.map_or_else(|| "-".to_owned(), |down| duration(since.since(down).as_secs(), language))),
    };
    let at = moment(since);
    let target = check.spec.probe.target();
    let places = [("{at}", at.as_str()), ("{lasted}", lasted.as_str()), ("{organisation}", organisation), ("{target}", target.as_str()), ("{check}", check.name.as_str())];
    let mut facts = Vec::new();
    if let (News::Down | News::StillDown, Some(problem)) = (news, &check.problem) {
        let word = texts.words.get(problem).cloned().unwrap_or_else(|| problem.clone());
        let seen = match &check.detail {
            Some(detail) => format!("{word} ({detail})"),
            None => word,
        };
        facts.push((texts.words["problem"].clone(), seen));
    }
    Letter { facts, ..text.letter(&places, link) }
}

/// `2026-01-15 09:30:05 UTC`.
fn moment(at: Timestamp) -> String {
    let text = Timestamp::from_seconds(at.seconds()).to_string();
    format!("{} UTC", text.trim_end_matches('Z').replace('T', " "))
}

fn duration(seconds: u64, language: Language) -> String {
    let (day, hour, minute, second) = match language {
        Language::En => ("d", "h", "min", "s"),
        Language::Id => ("hari", "jam", "mnt", "dtk"),
    };
    let parts = [(seconds / 86_400, day), (seconds / 3_600 % 24, hour), (seconds / 60 % 60, minute), (seconds % 60, second)];
    let words: Vec<String> = parts.into_iter().skip_while(|(number, _)| *number == 0).take(2).map(|(number, unit)| format!("{number} {unit}")).collect();
    if words.is_empty() { format!("0 {second}") } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_letter_and_every_word() {
        let (en, id) = (TEXTS.of(Language::En), TEXTS.of(Language::Id));
        assert_eq!(en.words.keys().collect::<Vec<_>>(), id.words.keys().collect::<Vec<_>>());
        let others = ["certificate_expires", "connection", "forbidden_address", "keyword", "redirects", "refused", "status", "timeout", "unknown_host"];
        for problem in others.into_iter().chain(crate::encryption::TlsProblem::ALL.map(crate::encryption::TlsProblem::code)) {
            assert!(en.words.contains_key(problem), "{problem}");
        }
        for (one, other) in [(&en.down, &id.down), (&en.still_down, &id.still_down), (&en.recovered, &id.recovered)] {
            assert_eq!(one.paragraphs.len(), other.paragraphs.len());
            assert!(!one.button.is_empty() && !other.button.is_empty() && one.subject.contains("{check}") && other.subject.contains("{check}"));
        }
    }

    #[test]
    fn durations_show_their_two_largest_parts() {
        let words = |seconds| duration(seconds, Language::En);
        assert_eq!((words(0), words(59), words(3_725), words(90_000)), ("0 s".into(), "59 s".into(), "1 h 2 min".into(), "1 d 1 h".into()));
        assert_eq!(duration(61, Language::Id), "1 mnt 1 dtk");
    }
}

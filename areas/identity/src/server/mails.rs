//! The area's mails: texts in both languages, filled in and laid out.

use kernel::{Language, Role};
use platform::{mail::Mail, mail_layout::Letter};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

/// One language's file in `texts/`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(PartialEq))]
struct Texts {
    roles: BTreeMap<String, String>,
    #[serde(flatten)]
    letters: BTreeMap<String, Text>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(PartialEq))]
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

/// What is written, with everything that it names.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    VerifyEmail { name: &'a str, organisation: &'a str },
    ResetPassword { name: &'a str },
    PasswordChanged { name: &'a str },
    Invitation { inviter: &'a str, organisation: &'a str, role: Role },
    FirstPassword { name: &'a str, organisation: &'a str },
}

impl Kind<'_> {
    const fn key(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::ResetPassword { .. } => "reset_password",
            Self::PasswordChanged { .. } => "password_changed",
            Self::Invitation { .. } => "invitation",
            Self::FirstPassword { .. } => "first_password",
        }
    }
}

/// The mail to one recipient, whose button leads to `link`.
pub fn write(kind: Kind, language: Language, recipient: &str, link: &str) -> Mail {
    let texts = texts(language);
    let text = texts.letters.get(kind.key()).expect("a test finds every letter in both languages");
    let values: Vec<(&str, &str)> = match kind {
        Kind::VerifyEmail { name, organisation } | Kind::FirstPassword { name, organisation } => vec![("{name}", name), ("{organisation}", organisation)],
        Kind::ResetPassword { name } | Kind::PasswordChanged { name } => vec![("{name}", name)],
        Kind::Invitation { inviter, organisation, role } => {
            let role = texts.roles.get(role.code()).expect("a test finds every role in both languages");
            vec![("{inviter}", inviter), ("{organisation}", organisation), ("{role}", role)]
        }
    };
    Letter {
        subject: fill(&text.subject, &values),
        title: fill(&text.title, &values),
        paragraphs: text.paragraphs.iter().map(|paragraph| fill(paragraph, &values)).collect(),
        button: Some((text.button.clone(), link.to_owned())),
        facts: Vec::new(),
        footnote: fill(&text.footnote, &values),
    }
    .to(recipient)
}

/// One pass from left to right, so that a name which looks like a blank is not filled in itself.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match values.iter().find(|(blank, _)| rest.starts_with(blank)) {
            Some((blank, value)) => {
                out.push_str(value);
                rest = &rest[blank.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind<'static>; 5] = [
        Kind::VerifyEmail { name: "Sari", organisation: "Nusantara" },
        Kind::ResetPassword { name: "Sari" },
        Kind::PasswordChanged { name: "Sari" },
        Kind::Invitation { inviter: "Sari", organisation: "Nusantara", role: Role::Technical },
        Kind::FirstPassword { name: "Sari", organisation: "Nusantara" },
    ];

    #[test]
    fn every_letter_is_written_in_both_languages_and_leaves_no_blank() {
        assert_eq!(EN.letters.keys().collect::<Vec<_>>(), ID.letters.keys().collect::<Vec<_>>());
        assert_eq!(EN.letters.len(), KINDS.len());
        for role in Role::TENANT.into_iter().chain(Role::STAFF) {
            assert!(EN.roles.contains_key(role.code()) && ID.roles.contains_key(role.code()), "{role}");
        }
        for kind in KINDS {
            for language in Language::ALL {
                let mail = write(kind, language, "sari@nusantara.test", "https://hub.test/x?token=y");
                assert!(mail.text.lines().any(|line| line == "https://hub.test/x?token=y"));
                for part in [&mail.subject, &mail.text] {
                    assert!(!part.contains('{'), "{part}");
                }
                assert_eq!(EN.letters[kind.key()].paragraphs.len(), ID.letters[kind.key()].paragraphs.len());
            }
        }
    }

    #[test]
    fn a_name_cannot_ask_to_be_filled_in() {
        assert_eq!(fill("{a} and {b}, {c}", &[("{a}", "{b}"), ("{b}", "two")]), "{b} and two, {c}");
    }
}

//! The area's mails: texts in both languages, filled in and laid out.

use kernel::{Language, Role};
use platform::{
    mail::Mail,
    mail_texts::{self, LetterText},
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One language's file in `texts/`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(PartialEq))]
struct Texts {
    roles: BTreeMap<String, String>,
    #[serde(flatten)]
    letters: BTreeMap<String, LetterText>,
}

static TEXTS: mail_texts::Texts<Texts> = mail_texts::Texts::new(include_str!("../../texts/en.toml"), include_str!("../../texts/id.toml"));

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
    let texts = TEXTS.of(language);
    let text = texts.letters.get(kind.key()).expect("a test finds every letter in both languages");
    let values: Vec<(&str, &str)> = match kind {
        Kind::VerifyEmail { name, organisation } | Kind::FirstPassword { name, organisation } => vec![("{name}", name), ("{organisation}", organisation)],
        Kind::ResetPassword { name } | Kind::PasswordChanged { name } => vec![("{name}", name)],
        Kind::Invitation { inviter, organisation, role } => {
            let role = texts.roles.get(role.code()).expect("a test finds every role in both languages");
            vec![("{inviter}", inviter), ("{organisation}", organisation), ("{role}", role)]
        }
    };
    text.letter(&values, link).to(recipient)
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
        let (en, id) = (TEXTS.of(Language::En), TEXTS.of(Language::Id));
        assert_eq!(en.letters.keys().collect::<Vec<_>>(), id.letters.keys().collect::<Vec<_>>());
        assert_eq!(en.letters.len(), KINDS.len());
        for role in Role::TENANT.into_iter().chain(Role::STAFF) {
            assert!(en.roles.contains_key(role.code()) && id.roles.contains_key(role.code()), "{role}");
        }
        for kind in KINDS {
            for language in Language::ALL {
                let mail = write(kind, language, "sari@nusantara.test", "https://hub.test/x?token=y");
                assert!(mail.text.lines().any(|line| line == "https://hub.test/x?token=y"));
                for part in [&mail.subject, &mail.text] {
                    assert!(!part.contains('{'), "{part}");
                }
                assert_eq!(en.letters[kind.key()].paragraphs.len(), id.letters[kind.key()].paragraphs.len());
            }
        }
    }
}

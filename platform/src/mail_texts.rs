//! Letters as areas write them down: a file of texts for each language, with places in braces that are filled in.

use crate::mail_layout::Letter;
use kernel::Language;
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::OnceLock;

/// One letter of an area's `texts/<language>.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LetterText {
    pub subject: String,
    pub title: String,
    pub paragraphs: Vec<String>,
    pub button: String,
    pub footnote: String,
}

impl LetterText {
    /// With its places filled in and its button leading to `link`. A place is named with its braces: `("{name}", "Sari")`.
    pub fn letter(&self, places: &[(&str, &str)], link: impl Into<String>) -> Letter {
        Letter {
            subject: fill(&self.subject, places),
            title: fill(&self.title, places),
            paragraphs: self.paragraphs.iter().map(|paragraph| fill(paragraph, places)).collect(),
            button: Some((self.button.clone(), link.into())),
            facts: Vec::new(),
            footnote: fill(&self.footnote, places),
        }
    }
}

/// One pass from left to right, so that a name which looks like a place is not filled in itself.
pub fn fill(template: &str, places: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match places.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, value)) => {
                out.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// An area's texts in both languages, each read when it is first asked for.
pub struct Texts<T> {
    en: (&'static str, OnceLock<T>),
    id: (&'static str, OnceLock<T>),
}

impl<T: DeserializeOwned> Texts<T> {
    /// Of the files' contents: `Texts::new(include_str!("../../texts/en.toml"), include_str!("../../texts/id.toml"))`.
    pub const fn new(en: &'static str, id: &'static str) -> Self {
        Self { en: (en, OnceLock::new()), id: (id, OnceLock::new()) }
    }

    /// Panics where the file cannot be read: each area's tests read both.
    pub fn of(&self, language: Language) -> &T {
        let (file, read) = match language {
            Language::En => &self.en,
            Language::Id => &self.id,
        };
        read.get_or_init(|| toml::from_str(file).unwrap_or_else(|error| panic!("the texts in {} cannot be read: {error}", language.code())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const LETTER: &str = r#"[hello]
subject = "Hello {name}"
title = "{greeting}, {name}"
paragraphs = ["{unknown} stays", "{name} once more"]
button = "Go"
footnote = "From {name}"
"#;

    #[test]
    fn places_are_filled_in_everywhere_and_once() {
        static TEXTS: Texts<BTreeMap<String, LetterText>> = Texts::new(LETTER, "");
        let letter = TEXTS.of(Language::En)["hello"].letter(&[("{name}", "{greeting}"), ("{greeting}", "Good day")], "https://hub.test/x");
        assert_eq!((letter.subject.as_str(), letter.title.as_str(), letter.footnote.as_str()), ("Hello {greeting}", "Good day, {greeting}", "From {greeting}"));
        assert_eq!(letter.paragraphs, ["{unknown} stays", "{greeting} once more"], "a name cannot ask to be filled in");
        assert_eq!(letter.button, Some(("Go".to_owned(), "https://hub.test/x".to_owned())));
        assert!(TEXTS.of(Language::Id).is_empty(), "another language, another file");
    }
}

//! An organisation's part of addresses: `nusantara-retail`.

use kernel::FieldError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Characters at most: fits a DNS label with room for a suffix.
const MAX: usize = 40;
/// Names that would be mistaken for the platform's own.
const RESERVED: [&str; 22] = [
    "admin", "api", "app", "assets", "auth", "billing", "blog", "docs", "help", "hub", "mail", "null", "pkg", "provider", "root",
    "sign-in", "sign-up", "static", "status", "support", "system", "www",
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlug {
    #[error("Enter the organisation's address part.")]
    Empty,
    #[error("The address part has at most 40 characters.")]
    TooLong,
    #[error("Use small letters, digits and single hyphens between them, like nusantara-retail.")]
    Shape,
    #[error("This address part is the platform's own. Choose another one.")]
    Reserved,
}

impl NotASlug {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong => "too_long",
            Self::Shape => "slug",
            Self::Reserved => "reserved",
        }
    }

    pub fn on(self, field: &str) -> FieldError {
        FieldError::new(field, self.code(), self.to_string())
    }
}

impl Slug {
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotASlug::Empty);
        }
        if text.len() > MAX {
            return Err(NotASlug::TooLong);
        }
        let shaped = text.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        if !shaped {
            return Err(NotASlug::Shape);
        }
        if RESERVED.contains(&text) {
            return Err(NotASlug::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// From a name: letters and digits of ASCII, hyphens for everything between; `organisation` where nothing is left.
    pub fn derive(name: &str) -> Self {
        let mut slug = String::new();
        for character in name.chars().flat_map(char::to_lowercase) {
            match character {
                'a'..='z' | '0'..='9' => slug.push(character),
                'à'..='å' => slug.push('a'),
                'è'..='ë' => slug.push('e'),
                'ì'..='ï' => slug.push('i'),
                'ò'..='ö' => slug.push('o'),
                'ù'..='ü' => slug.push('u'),
                '\'' | '’' | '.' => {}
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
            }
        }
        slug.truncate(MAX - 8);
        let slug = slug.trim_end_matches('-');
        if slug.is_empty() {
            return Self("organisation".to_owned());
        }
        if RESERVED.contains(&slug) { Self(format!("{slug}-organisation")) } else { Self(slug.to_owned()) }
    }

    /// The same with a number behind, for when it is taken.
    pub fn numbered(&self, number: u16) -> Self {
        let mut stem = self.0.clone();
        stem.truncate(MAX - 6);
        Self(format!("{}-{number}", stem.trim_end_matches('-')))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = NotASlug;

    fn try_from(text: String) -> Result<Self, NotASlug> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn derives_what_a_person_would_write() {
        for (name, slug) in [
            ("PT Nusantara Retail, Tbk.", "pt-nusantara-retail-tbk"),
            ("Müller & Söhne", "muller-sohne"),
            ("O'Neil's", "oneils"),
            ("日本", "organisation"),
            ("API", "api-organisation"),
        ] {
            assert_eq!(Slug::derive(name).as_str(), slug);
        }
    }

    #[test]
    fn refuses_other_shapes() {
        for text in ["A", "a--b", "-a", "a-", "a_b", "a b", "ä"] {
            assert_eq!(Slug::parse(text), Err(NotASlug::Shape), "{text}");
        }
        assert_eq!(Slug::parse("www"), Err(NotASlug::Reserved));
        assert_eq!(Slug::parse(""), Err(NotASlug::Empty));
    }

    proptest! {
        #[test]
        fn what_is_derived_is_a_slug(name in "\\PC{0,80}", number in 2_u16..10_000) {
            let slug = Slug::derive(&name);
            prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
            let numbered = slug.numbered(number);
            prop_assert_eq!(Slug::parse(numbered.as_str()), Ok(numbered.clone()));
        }
    }
}

//! The interface's languages and how their readers write numbers.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Id,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::En, Self::Id];

    /// BCP 47 tag.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Id => "id",
        }
    }

    pub const fn decimal_mark(self) -> char {
        match self {
            Self::En => '.',
            Self::Id => ',',
        }
    }

    pub const fn group_mark(self) -> char {
        match self {
            Self::En => ',',
            Self::Id => '.',
        }
    }

    /// The first of an `Accept-Language` header that we speak; weights are taken as already in order, as browsers
    /// send them.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let tag = part.split(';').next().unwrap_or_default().trim();
            tag.split('-').next().and_then(|primary| primary.to_ascii_lowercase().parse().ok())
        })
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The text is none of the interface's languages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of en, id")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        match text {
            "en" => Ok(Self::En),
            "id" | "in" => Ok(Self::Id),
            _ => Err(UnknownLanguage(text.chars().take(16).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_first_language_that_we_speak() {
        assert_eq!(Language::from_accept_language("de-DE,de;q=0.9,id;q=0.8,en;q=0.7"), Some(Language::Id));
        assert_eq!(Language::from_accept_language("en-US"), Some(Language::En));
        assert_eq!(Language::from_accept_language("fr"), None);
    }
}

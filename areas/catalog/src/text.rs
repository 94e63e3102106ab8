//! A name or sentence in every language of the interface.

use kernel::Language;
use serde::{Deserialize, Serialize};

/// Both readings; an empty one falls back to the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub en: String,
    pub id: String,
}

impl Text {
    pub fn new(en: impl Into<String>, id: impl Into<String>) -> Self {
        Self { en: en.into(), id: id.into() }
    }

    /// The same in every language: names of products, units like GB.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { en: text.clone(), id: text }
    }

    pub fn get(&self, language: Language) -> &str {
        let (wanted, other) = match language {
            Language::En => (&self.en, &self.id),
            Language::Id => (&self.id, &self.en),
        };
        if wanted.is_empty() { other } else { wanted }
    }

    pub fn is_empty(&self) -> bool {
        self.en.trim().is_empty() && self.id.trim().is_empty()
    }
}

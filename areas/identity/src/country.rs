//! Countries by ISO 3166-1 alpha-2 code, named in the interface's languages (names from the Unicode CLDR).

use kernel::Language;

/// `code|English|Indonesian`, sorted by code.
const LIST: &str = include_str!("countries.txt");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    pub code: &'static str,
    english: &'static str,
    indonesian: &'static str,
}

impl Country {
    pub const fn name(self, language: Language) -> &'static str {
        match language {
            Language::En => self.english,
            Language::Id => self.indonesian,
        }
    }

    pub fn find(code: &str) -> Option<Self> {
        every().find(|country| country.code == code)
    }

    /// All of them, by name in `language`.
    pub fn all(language: Language) -> Vec<Self> {
        let mut all: Vec<Self> = every().collect();
        all.sort_by_key(|country| country.name(language));
        all
    }
}

fn every() -> impl Iterator<Item = Country> {
    LIST.lines().filter_map(|line| {
        let (code, names) = line.split_once('|')?;
        let (english, indonesian) = names.split_once('|')?;
        Some(Country { code, english, indonesian })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_world_in_both_languages() {
        assert_eq!(every().count(), 249);
        assert_eq!(LIST.lines().count(), 249);
        assert_eq!(Country::find("JP").map(|country| country.name(Language::Id)), Some("Jepang"));
        assert_eq!(Country::find("XX"), None);
        assert_eq!(Country::all(Language::En)[0].code, "AF");
    }
}

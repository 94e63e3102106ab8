//! What an organisation is and what it says of itself.

use crate::{country::Country, slug::Slug, text};
use kernel::{Currency, FieldError, Language};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Declares an enum of codes: kept, sent and printed by the same text.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $code:literal),+ $(,)? } else $unknown:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$case_doc])* #[serde(rename = $code)] $case),+
        }

        /// The text is none of the codes.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("`{0}` is not one of {codes}", codes = [$($code),+].join(", "))]
        pub struct $unknown(pub String);

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$case => $code),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                Self::ALL.iter().copied().find(|one| one.code() == text).ok_or_else(|| $unknown(text.chars().take(32).collect()))
            }
        }
    )*};
}

codes! {
    /// What an organisation is to the platform.
    Kind {
        /// The one that runs this installation; its people are the staff.
        Provider = "provider",
        /// Sells on to tenants of its own.
        Partner = "partner",
        Tenant = "tenant",
    } else UnknownKind;

    /// Platform subscriptions with their entitlements.
    Tier { Starter = "STARTER", Professional = "PROFESSIONAL", Enterprise = "ENTERPRISE" } else UnknownTier;

    /// How often the tier is paid for.
    Interval { Monthly = "monthly", Annual = "annual" } else UnknownInterval;

    /// Light or dark, as a person prefers.
    Theme { System = "system", Light = "light", Dark = "dark" } else UnknownTheme;
}

/// Characters of names and address lines.
pub const MAX_LINE: usize = 120;

/// An organisation's own words about itself, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub slug: Slug,
    pub name: String,
    pub legal_name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub country: Option<&'static str>,
    pub tax_id: String,
    pub language: Language,
    pub currency: Currency,
    /// IANA name; the server checks it against its time zone database.
    pub time_zone: String,
}

/// The same as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    pub slug: String,
    pub name: String,
    pub legal_name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    /// Empty, or an ISO 3166 code.
    pub country: String,
    pub tax_id: String,
    pub language: String,
    pub currency: String,
    pub time_zone: String,
    /// The form as it stood when it was shown, in JSON; empty for callers that say everything anew.
    pub seen: String,
}

impl ProfileForm {
    /// The same with itself as what was seen.
    pub fn shown(self) -> Self {
        let seen = serde_json::to_string(&self).unwrap_or_default();
        Self { seen, ..self }
    }

    /// What was changed in the form, on top of what others changed meanwhile. A field that both changed is told.
    pub fn merged(&self, current: &Self) -> Result<Self, Vec<FieldError>> {
        let Ok(seen) = serde_json::from_str::<Self>(&self.seen) else { return Ok(self.clone()) };
        let mut errors = Vec::new();
        let mut merged = self.clone();
        let fields: [(&str, fn(&mut Self) -> &mut String); 11] = [
            ("slug", |form| &mut form.slug),
            ("name", |form| &mut form.name),
            ("legal_name", |form| &mut form.legal_name),
            ("street", |form| &mut form.street),
            ("postal_code", |form| &mut form.postal_code),
            ("city", |form| &mut form.city),
            ("country", |form| &mut form.country),
            ("tax_id", |form| &mut form.tax_id),
            ("language", |form| &mut form.language),
            ("currency", |form| &mut form.currency),
            ("time_zone", |form| &mut form.time_zone),
        ];
        let (mut seen, mut current) = (seen, current.clone());
        for (name, field) in fields {
            let (was, is, typed) = (field(&mut seen).clone(), field(&mut current).clone(), field(&mut merged));
            if *typed == was {
                *typed = is;
            } else if is != was && is != *typed {
                errors.push(FieldError::new(name, "changed_meanwhile", format!("Somebody changed this to `{is}` in the meantime. Reload the page and change it again.")));
            }
        }
        if errors.is_empty() { Ok(merged) } else { Err(errors) }
    }

    /// Everything that is wrong at once.
    pub fn check(&self) -> Result<Profile, Vec<FieldError>> {
        let mut errors = Vec::new();
        let slug = match Slug::parse(&self.slug) {
            Ok(slug) => slug,
            Err(wrong) => {
                errors.push(wrong.on("slug"));
                Slug::derive("")
            }
        };
        let profile = Profile {
            slug,
            name: text::note(text::line(&self.name, "name", 1, MAX_LINE), &mut errors),
            legal_name: text::note(text::line(&self.legal_name, "legal_name", 0, MAX_LINE), &mut errors),
            street: text::note(text::line(&self.street, "street", 0, MAX_LINE), &mut errors),
            postal_code: text::note(text::line(&self.postal_code, "postal_code", 0, 16), &mut errors),
            city: text::note(text::line(&self.city, "city", 0, MAX_LINE), &mut errors),
            country: text::note(country(&self.country), &mut errors),
            tax_id: text::note(text::line(&self.tax_id, "tax_id", 0, 40), &mut errors),
            language: text::note(self.language.parse().map_err(|_| choose("language", "Choose English or Bahasa Indonesia.")), &mut errors),
            currency: self.currency.parse().unwrap_or_else(|_| {
                errors.push(choose("currency", "Choose one of IDR, USD and EUR."));
                Currency::Usd
            }),
            time_zone: text::note(text::line(&self.time_zone, "time_zone", 1, 64), &mut errors),
        };
        if errors.is_empty() { Ok(profile) } else { Err(errors) }
    }
}

fn country(code: &str) -> Result<Option<&'static str>, FieldError> {
    match code.trim() {
        "" => Ok(None),
        code => Country::find(code).map(|country| Some(country.code)).ok_or_else(|| choose("country", "Choose a country from the list.")),
    }
}

fn choose(field: &str, message: &str) -> FieldError {
    FieldError::new(field, "choose", message)
}

/// What a newcomer's organisation starts with until its profile says otherwise.
pub const fn first_currency(language: Language) -> Currency {
    match language {
        Language::En => Currency::Usd,
        Language::Id => Currency::Idr,
    }
}

pub const fn first_time_zone(language: Language) -> &'static str {
    match language {
        Language::En => "UTC",
        Language::Id => "Asia/Jakarta",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_tabs_change_what_they_changed_and_nothing_else() {
        let shown = ProfileForm { name: "Labs".into(), city: "Berlin".into(), ..ProfileForm::default() }.shown();
        let by_other = ProfileForm { name: "Labs B".into(), city: "Berlin".into(), ..ProfileForm::default() };
        let moved = ProfileForm { city: "Bonn".into(), ..shown.clone() }.merged(&by_other).expect("different fields");
        assert_eq!((moved.name.as_str(), moved.city.as_str()), ("Labs B", "Bonn"));
        let both = ProfileForm { name: "Labs C".into(), ..shown }.merged(&by_other).expect_err("the same field");
        assert_eq!(both.iter().map(|error| (error.field.as_str(), error.code.as_str())).collect::<Vec<_>>(), [("name", "changed_meanwhile")]);
        let anew = ProfileForm { name: "Labs D".into(), ..ProfileForm::default() };
        assert_eq!(anew.merged(&by_other), Ok(anew.clone()), "who says everything means it");
    }

    use super::*;

    #[test]
    fn says_everything_that_is_wrong_at_once() {
        let form = ProfileForm { slug: "No".into(), country: "XX".into(), language: "fr".into(), currency: "GBP".into(), ..Default::default() };
        let fields: Vec<String> = form.check().expect_err("mostly wrong").into_iter().map(|error| error.field).collect();
        assert_eq!(fields, ["slug", "name", "country", "language", "currency", "time_zone"]);
    }

    #[test]
    fn codes_print_and_parse_as_one() {
        for tier in Tier::ALL {
            assert_eq!(tier.to_string().parse(), Ok(*tier));
            assert_eq!(serde_json::to_value(tier).expect("serialises"), tier.code());
        }
        assert_eq!("gold".parse::<Tier>().expect_err("unknown").to_string(), "`gold` is not one of STARTER, PROFESSIONAL, ENTERPRISE");
    }
}

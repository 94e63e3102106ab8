//! The interface's words in English and Bahasa Indonesia, as typed keys.
//!
//! `tr!(billing.title)` gives the text in the reader's language; `tr!(billing.due, date = date)` fills a blank. A key
//! that does not exist does not compile. The language stands for a whole page: changing it loads the page anew.

mod reader;

pub use leptos_i18n;
pub use reader::{language, locale, read_in};

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));

pub use i18n::Locale;

/// The text of a key in the reader's language: `&'static str` for a plain text, `String` for one with blanks.
#[macro_export]
macro_rules! tr {
    ($($key:tt)+) => {{
        #[allow(unused_imports)]
        use $crate::leptos_i18n;
        leptos_i18n::td_string!($crate::locale(), $($key)+)
    }};
}

//! The page of a request that broke: it stands by itself, since whatever makes pages may be what is broken.

use i18n::tr;
use kernel::Language;
use kit::{PageError, load::words};
use leptos::prelude::Owner;

/// Scripts none, styles its own.
pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:light-dark(#fff,#16181d);color:light-dark(#16181d,#f2f3f5)}\
main{max-width:28rem;padding:2rem 1.5rem}\
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}\
a{color:light-dark(#1d4ed8,#93b4ff)}\
.trace{font:.8125rem ui-monospace,monospace;color:light-dark(#565b66,#a9afbb);overflow-wrap:anywhere}";

/// Seconds until a page whose server waits for its database asks again, as the pages that could be made do.
const ASK_AGAIN: u8 = 5;

/// In the reader's language, with the id under which the trouble was logged. `away`: it passes by itself.
pub fn broken_page(language: Language, trace: &str, away: bool) -> String {
    Owner::new().with(|| {
        i18n::read_in(language);
        let (title, says) = words(&PageError::Trouble { trace: trace.to_owned(), away });
        let reference = tr!(kit.errors.trace, trace = trace.to_owned());
        let again = if away { format!("<meta http-equiv=\"refresh\" content=\"{ASK_AGAIN}\">") } else { String::new() };
        let (product, home) = (tr!(common.product), tr!(kit.errors.go_home));
        format!(
            "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <link rel=\"icon\" href=\"/icons/mark.svg\" type=\"image/svg+xml\">{again}<title>{title} · {product}</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1><p>{says}</p><p class=\"trace\">{reference}</p><p><a href=\"/\">{home}</a></p></main></body></html>",
            language.code()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_page() {
        for (language, words) in [(Language::En, "Nothing that was accepted is lost"), (Language::Id, "lang=\"id\"")] {
            let page = broken_page(language, "4bf92f35", false);
            assert!(page.contains(words) && page.contains("4bf92f35") && !page.contains("http-equiv"), "{page}");
            assert!(broken_page(language, "4bf92f35", true).contains("<meta http-equiv=\"refresh\""));
        }
    }
}

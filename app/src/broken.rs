//! Pages that stand by themselves: of a request that broke, since whatever makes pages may be what is broken, and of a form
//! that was refused before it came to its function.

use i18n::tr;
use kernel::Language;
use kit::{PageError, load::words, organisation::OTHER};
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
        let more = format!("<p class=\"trace\">{reference}</p><p><a href=\"/\">{}</a></p>", tr!(kit.errors.go_home));
        alone(language, &again, &title, &says, &more)
    })
}

/// For a form whose page was drawn for another organisation than the session works in: says so, and leads to the page, whose
/// path and query are `back`.
pub fn other_organisation_page(language: Language, back: &str) -> String {
    Owner::new().with(|| {
        i18n::read_in(language);
        let (title, says) = words(&PageError::Refused { code: OTHER.to_owned(), message: String::new() });
        let more = format!("<p><a href=\"{}\">{}</a></p>", escaped(back), tr!(kit.errors.load_again));
        alone(language, "", &title, &says, &more)
    })
}

fn alone(language: Language, head: &str, title: &str, says: &str, more: &str) -> String {
    let (code, product) = (language.code(), tr!(common.product));
    format!(
        "<!DOCTYPE html><html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"/icons/mark.svg\" type=\"image/svg+xml\">{head}<title>{title} · {product}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{says}</p>{more}</main></body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
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

    #[test]
    fn a_form_for_another_organisation_leads_back_to_its_page() {
        for (language, words) in [(Language::En, "Load the page again</a>"), (Language::Id, "Muat ulang halaman</a>")] {
            let page = other_organisation_page(language, "/catalog?plan=dev&q=\"><script>");
            assert!(page.contains(words) && page.contains("href=\"/catalog?plan=dev&amp;q=&quot;>&lt;script>\""), "{page}");
        }
    }
}

//! Whether the record still holds: each entry's hash covers the one before it.

use compliance::view::Verified;
use i18n::tr;
use kit::{prelude::*, time::number_text};
use leptos::prelude::*;

#[component]
pub fn ChainNote(verified: Verified) -> impl IntoView {
    let Verified { entries, head, broken_at } = verified;
    let count = number_text(entries as f64, 0);
    match broken_at {
        None => view! {
            <Callout tone=Tone::Good title=tr!(compliance.chain.holds) alert=true>
                <p>{tr!(compliance.chain.holds_says, entries = count)}</p>
                <p class="cluster mt-1"><span class="muted">{tr!(compliance.chain.head)}</span><code class="mono text-xs break-all" data-head="true">{head.clone()}</code><CopyButton text=head what=tr!(compliance.chain.head)/></p>
            </Callout>
        }
        .into_any(),
        Some(number) => view! {
            <Callout tone=Tone::Bad title=tr!(compliance.chain.broken, number = number_text(number as f64, 0)) alert=true>
                <p>{tr!(compliance.chain.broken_says, entries = count)}</p>
            </Callout>
        }
        .into_any(),
    }
}

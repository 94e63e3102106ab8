//! A password with a way to see it and a hint of its strength. The server judges; the hint only encourages.

use super::field::{Framed, Ties};
use crate::icon::Icon;
use i18n::tr;
use icondata_lu as icons;
use leptos::prelude::*;

#[component]
pub fn PasswordField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    /// A new password: `new-password` for managers, and a hint of its strength.
    #[prop(optional)] new: bool,
) -> impl IntoView {
    let ties = Ties::of(&name, &help);
    let (seen, set_seen) = signal(false);
    let (typed, set_typed) = signal(String::new());
    let toggle = move || if seen.get() { tr!(kit.form.hide_password) } else { tr!(kit.form.show_password) };
    view! {
        <Framed ties=ties.clone() label=label required=true>
            <span class="with-toggle">
                <input
                    id=ties.id.clone()
                    class="input"
                    type=move || if seen.get() { "text" } else { "password" }
                    name=name
                    required=true
                    maxlength="256"
                    autocomplete=if new { "new-password" } else { "current-password" }
                    aria-invalid=ties.invalid()
                    aria-describedby=ties.described_by()
                    on:input=move |event| set_typed.set(event_target_value(&event))
                />
                <button type="button" class="btn btn-ghost btn-sm btn-square needs-script" aria-label=toggle on:click=move |_| set_seen.update(|seen| *seen = !*seen)>
                    {move || if seen.get() { view! { <Icon icon=icons::LuEyeOff/> } } else { view! { <Icon icon=icons::LuEye/> } }}
                </button>
            </span>
            {new.then(|| view! {
                <div class="strength" data-strength=move || strength(&typed.get()).to_string() aria-live="polite">
                    <span class="strength-bar" aria-hidden="true"></span>
                    <span class="field-help">{move || if typed.with(String::is_empty) { "" } else { words(strength(&typed.get())) }}</span>
                </div>
            })}
        </Framed>
    }
}

fn words(strength: u8) -> &'static str {
    match strength {
        0 => tr!(kit.form.strength_0),
        1 => tr!(kit.form.strength_1),
        2 => tr!(kit.form.strength_2),
        _ => tr!(kit.form.strength_3),
    }
}

/// 0 to 3, from length and variety alone.
fn strength(password: &str) -> u8 {
    let length = password.chars().count();
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let classes = [char::is_lowercase as fn(char) -> bool, char::is_uppercase, char::is_numeric, |c| !c.is_alphanumeric()];
    let variety = classes.iter().filter(|class| password.chars().any(**class)).count();
    let score = length + variety * 2;
    match (length, distinct.len(), score) {
        (0..=9, ..) => 0,
        (_, 0..=5, _) => 1,
        (.., 0..=15) => 1,
        (.., 16..=20) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::strength;

    #[test]
    fn length_counts_more_than_signs() {
        assert_eq!(strength("P4$s"), 0);
        assert_eq!(strength("aaaaaaaaaaaaaaaaaaaa"), 1);
        assert_eq!(strength("correct horse battery"), 3);
    }
}

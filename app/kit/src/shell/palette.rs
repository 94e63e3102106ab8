//! Ctrl-K or Cmd-K: type a few letters, Enter, there. A combobox over a list, as the ARIA authoring practices have it.

use super::{
    command::{Command, Does, services_with},
    shortcuts::SHORTCUTS,
};
use crate::{
    dialog::{close_dialog, open_dialog},
    icon::Icon,
    preferences::{LANGUAGE_COOKIE, Theme, apply_theme, is_dark, write_cookie},
};
use i18n::tr;
use icondata_lu as icons;
use kernel::Language;
use leptos::{ev::KeyboardEvent, prelude::*};
use leptos_router::hooks::use_navigate;

pub const PALETTE: &str = "palette";

/// Opens the palette; shown only where scripting can.
#[component]
pub(super) fn PaletteButton() -> impl IntoView {
    view! {
        <button type="button" class="palette-button needs-script" on:click=|_| open_palette() aria-haspopup="dialog" aria-label=tr!(kit.palette.open)>
            <Icon icon=icons::LuSearch/><span class="palette-word">{tr!(kit.palette.open)}</span><kbd class="kbd">"Ctrl K"</kbd>
        </button>
    }
}

pub(super) fn open_palette() {
    open_dialog(PALETTE);
}

#[component]
pub(super) fn Palette(commands: Vec<Command>) -> impl IntoView {
    let (typed, set_typed) = signal(String::new());
    let (chosen, set_chosen) = signal(0_usize);
    let all = StoredValue::new(commands);
    let found = Memo::new(move |_| {
        let typed = typed.get();
        all.with_value(|all| all.iter().enumerate().filter(|(_, command)| command.matches(&typed)).map(|(index, _)| index).collect::<Vec<_>>())
    });
    // Not a local value: on the server the page may end on another thread than it began.
    let navigate = StoredValue::new(use_navigate());
    // However it closes: by a choice, Escape or a click.
    let begin_anew = move |_| {
        set_typed.set(String::new());
        set_chosen.set(0);
    };
    let run = move |index: usize| {
        let searched = services_with(&typed.read_untracked());
        close_dialog(PALETTE);
        let does = all.with_value(|all| all.get(index).map(|command| command.does.clone()));
        match does {
            Some(Does::Go(href)) => navigate.with_value(|navigate| navigate(&href, Default::default())),
            Some(Does::SwitchTheme) => apply_theme(if is_dark() { Theme::Light } else { Theme::Dark }),
            Some(Does::SwitchLanguage) => switch_language(),
            Some(Does::ShowShortcuts) => open_dialog(SHORTCUTS),
            Some(Does::SearchServices) => navigate.with_value(|navigate| navigate(&searched, Default::default())),
            None => {}
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        let step = |by: usize| set_chosen.update(|chosen| *chosen = if count == 0 { 0 } else { (*chosen + by) % count });
        match event.key().as_str() {
            "ArrowDown" => step(1),
            "ArrowUp" => step(count.saturating_sub(1)),
            "Home" => set_chosen.set(0),
            "End" => set_chosen.set(count.saturating_sub(1)),
            "Enter" => {
                if let Some(index) = found.with(|found| found.get(chosen.get()).copied()) {
                    run(index);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let active = move || found.with(|found| found.get(chosen.get()).map(|index| format!("command-{index}")));
    view! {
        <dialog id=PALETTE class="dialog palette" aria-label=tr!(kit.palette.title) on:close=begin_anew>
            <div class="palette-field">
                <Icon icon=icons::LuSearch/>
                <input
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=true
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=active
                    aria-label=tr!(kit.palette.hint)
                    placeholder=tr!(kit.palette.hint)
                    prop:value=move || typed.get()
                    on:input=move |event| { set_typed.set(event_target_value(&event)); set_chosen.set(0) }
                    on:keydown=on_key
                />
            </div>
            <ul id="palette-list" role="listbox" class="palette-list" aria-label=tr!(kit.palette.title)>
                <For each=move || found.get() key=|index| *index let:index>
                    {
                        let command = all.with_value(|all| all[index].clone());
                        let (icon, group) = (command.icon, command.group.clone());
                        let label = move || command.label(&typed.read());
                        let is_chosen = move || active().as_deref() == Some(format!("command-{index}").as_str());
                        view! {
                            <li id=format!("command-{index}") role="option" class="palette-item" aria-selected=move || if is_chosen() { "true" } else { "false" } on:click=move |_| run(index)>
                                <Icon icon=icon/><span class="grow">{label}</span><span class="muted">{group}</span>
                            </li>
                        }
                    }
                </For>
            </ul>
            {move || (found.with(Vec::is_empty)).then(|| view! { <p class="palette-empty muted" role="status">{tr!(kit.palette.empty, typed = typed.get())}</p> })}
            <p class="palette-foot muted">{tr!(kit.palette.keys)}</p>
        </dialog>
    }
}

/// The words of a page stand for its whole life, so the page is loaded anew.
fn switch_language() {
    let other = match i18n::language() {
        Language::En => Language::Id,
        Language::Id => Language::En,
    };
    write_cookie(LANGUAGE_COOKIE, other.code());
    super::announce_language_change();
    // Refused only while the page is being left already.
    let _ = window().location().reload();
}

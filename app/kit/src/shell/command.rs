//! What the command palette offers: the pages of the navigation, then the actions that the viewer's role allows.

use super::nav::NavSection;
use crate::{Viewer, table::ListQuery};
use i18n::tr;
use icondata_lu as icons;
use kernel::Need;

#[derive(Clone)]
pub struct Command {
    pub label: String,
    pub group: String,
    pub icon: icondata_core::Icon,
    pub does: Does,
}

#[derive(Clone, PartialEq, Eq)]
pub enum Does {
    Go(String),
    SwitchTheme,
    SwitchLanguage,
    ShowShortcuts,
    /// Goes to the services that what was typed finds.
    SearchServices,
}

pub fn commands(viewer: &Viewer, sections: &[NavSection]) -> Vec<Command> {
    let (go, act) = (tr!(kit.palette.go_to).to_owned(), tr!(kit.palette.actions).to_owned());
    let pages = sections.iter().flat_map(|section| &section.items);
    let mut commands: Vec<Command> =
        pages.map(|item| Command { label: item.label.clone(), group: go.clone(), icon: item.icon, does: Does::Go(item.href.to_owned()) }).collect();
    let mut offer = |label: &str, icon, does| commands.push(Command { label: label.to_owned(), group: act.clone(), icon, does });
    if !viewer.staff {
        if viewer.may(Need::SERVICES_WRITE) {
            offer(tr!(kit.palette.order_service), icons::LuPlus, Does::Go("/catalog".to_owned()));
        }
        if viewer.may(Need::TEAM_WRITE) {
            offer(tr!(kit.palette.invite), icons::LuUserPlus, Does::Go("/team#invite".to_owned()));
        }
        if viewer.may(Need::API_KEYS_WRITE) {
            offer(tr!(kit.palette.new_key), icons::LuKeyRound, Does::Go("/settings/api-keys".to_owned()));
        }
    }
    offer(tr!(kit.palette.switch_theme), icons::LuSunMoon, Does::SwitchTheme);
    offer(tr!(kit.palette.switch_language), icons::LuLanguages, Does::SwitchLanguage);
    offer(tr!(kit.palette.shortcuts), icons::LuKeyboard, Does::ShowShortcuts);
    // Last, so that what matches by its name is chosen before it.
    if !viewer.staff {
        offer("", icons::LuSearch, Does::SearchServices);
    }
    commands
}

impl Command {
    /// As it is read where that was typed.
    pub fn label(&self, typed: &str) -> String {
        match self.does {
            Does::SearchServices => tr!(kit.palette.search_services, typed = typed.trim().to_owned()).to_string(),
            Does::Go(_) | Does::SwitchTheme | Does::SwitchLanguage | Does::ShowShortcuts => self.label.clone(),
        }
    }

    /// Every word typed begins a word of the label, or is somewhere in it.
    pub fn matches(&self, typed: &str) -> bool {
        if self.does == Does::SearchServices {
            return !typed.trim().is_empty();
        }
        let label = self.label.to_lowercase();
        typed.to_lowercase().split_whitespace().all(|word| label.contains(word))
    }
}

/// The list of services, searched for that.
pub fn services_with(typed: &str) -> String {
    ListQuery { q: typed.trim().to_owned(), ..ListQuery::default() }.address("/services")
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos::prelude::Owner;

    fn command(label: &str, does: Does) -> Command {
        Command { label: label.to_owned(), group: String::new(), icon: icons::LuSearch, does }
    }

    #[test]
    fn what_is_typed_is_looked_for_among_the_services_last() {
        Owner::new().with(|| {
            i18n::read_in(kernel::Language::En);
            let (team, search) = (command("Team", Does::Go("/team".to_owned())), command("", Does::SearchServices));
            assert!(team.matches("") && !search.matches("") && !search.matches("  "), "nothing is typed");
            assert!(team.matches("TE") && !team.matches("shop") && search.matches("shop"));
            assert_eq!((team.label("shop"), search.label(" shop ")), ("Team".to_owned(), "Search services for “shop”".to_owned()));
            assert_eq!(services_with(" a&b "), "/services?q=a%26b");
        });
    }
}

//! What the command palette offers: the pages of the navigation, then the actions that the viewer's role allows.

use super::nav::NavSection;
use crate::Viewer;
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
    commands
}

impl Command {
    /// Every word typed begins a word of the label, or is somewhere in it.
    pub fn matches(&self, typed: &str) -> bool {
        let label = self.label.to_lowercase();
        typed.to_lowercase().split_whitespace().all(|word| label.contains(word))
    }
}

//! Where one can go, by area; the sidebar, the command palette and the shortcuts read the same list.

use crate::{Viewer, icon::Icon};
use i18n::tr;
use icondata_lu as icons;
use kernel::Need;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[derive(Clone)]
pub struct NavItem {
    pub label: String,
    pub href: &'static str,
    pub icon: icondata_core::Icon,
    /// The letter after `g`.
    pub key: char,
}

#[derive(Clone)]
pub struct NavSection {
    pub label: String,
    pub items: Vec<NavItem>,
}

fn item(label: &str, href: &'static str, icon: icondata_core::Icon, key: char) -> NavItem {
    NavItem { label: label.to_owned(), href, icon, key }
}

/// What the viewer's role reaches in their organisation.
pub fn tenant_nav(viewer: &Viewer) -> Vec<NavSection> {
    let mut work = Vec::new();
    if viewer.onboarding_open {
        work.push(item(tr!(kit.nav.onboarding), "/onboarding", icons::LuRocket, 'o'));
    }
    work.push(item(tr!(kit.nav.services), "/services", icons::LuBoxes, 's'));
    work.push(item(tr!(kit.nav.catalog), "/catalog", icons::LuStore, 'c'));
    work.push(item(tr!(kit.nav.monitoring), "/monitoring", icons::LuActivity, 'm'));
    let mut sections = vec![NavSection { label: tr!(kit.nav.work).to_owned(), items: work }];
    if viewer.may(Need::BILLING_READ) {
        sections.push(NavSection { label: tr!(kit.nav.money).to_owned(), items: vec![item(tr!(kit.nav.billing), "/billing", icons::LuReceiptText, 'b')] });
    }
    let mut people = Vec::new();
    if viewer.may(Need::TEAM_READ) {
        people.push(item(tr!(kit.nav.team), "/team", icons::LuUsers, 't'));
    }
    people.push(item(tr!(kit.nav.settings), "/settings", icons::LuSettings, 'e'));
    people.push(item(tr!(kit.nav.security), "/settings/security", icons::LuShieldCheck, 'y'));
    if viewer.may(Need::API_KEYS_WRITE) {
        people.push(item(tr!(kit.nav.api_keys), "/settings/api-keys", icons::LuKeyRound, 'k'));
    }
    if viewer.may(Need::AUDIT_READ) {
        people.push(item(tr!(kit.nav.activity), "/activity", icons::LuScrollText, 'a'));
    }
    sections.push(NavSection { label: tr!(kit.nav.people).to_owned(), items: people });
    sections
}

/// What the provider's staff reach.
pub fn provider_nav() -> Vec<NavSection> {
    vec![
        NavSection {
            label: tr!(kit.nav.customers).to_owned(),
            items: vec![
                item(tr!(kit.nav.overview), STAFF_START, icons::LuLayoutDashboard, 'h'),
                item(tr!(kit.nav.tenants), "/provider/tenants", icons::LuBuilding2, 't'),
                item(tr!(kit.nav.invoices), "/provider/invoices", icons::LuReceiptText, 'i'),
            ],
        },
        NavSection {
            label: tr!(kit.nav.operations).to_owned(),
            items: vec![
                item(tr!(kit.nav.orders), ORDERS, icons::LuServer, 'o'),
                item(tr!(kit.nav.catalog), "/provider/catalog", icons::LuStore, 'c'),
                item(tr!(kit.nav.audit), "/provider/audit", icons::LuScrollText, 'a'),
            ],
        },
        NavSection { label: tr!(kit.nav.people).to_owned(), items: vec![item(tr!(kit.nav.settings), "/provider/settings", icons::LuSettings, 'e')] },
    ]
}

const STAFF_START: &str = "/provider";
const ORDERS: &str = "/provider/orders";

/// The item that a path belongs to: the longest address that it begins with. The staff's start has nothing below it,
/// and an operation belongs to the orders.
fn place_of(path: &str, hrefs: &[&'static str]) -> Option<&'static str> {
    let path = if path.starts_with("/provider/operations/") { ORDERS } else { path };
    let within = |href: &str| path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || (href != STAFF_START && rest.starts_with('/')));
    hrefs.iter().copied().filter(|href| within(href)).max_by_key(|href| href.len())
}

/// The sidebar's list, with the current page marked.
#[component]
pub(super) fn Sidebar(sections: Vec<NavSection>) -> impl IntoView {
    let pathname = use_location().pathname;
    let hrefs: Vec<&'static str> = sections.iter().flat_map(|section| section.items.iter().map(|item| item.href)).collect();
    let current = Memo::new(move |_| pathname.with(|path| place_of(path, &hrefs)));
    view! {
        <nav aria-label=tr!(kit.main_navigation)>
            {sections.into_iter().map(|section| view! {
                <div class="nav-section">
                    <p class="nav-heading">{section.label}</p>
                    <ul>
                        {section.items.into_iter().map(|item| view! {
                            <li><a class="nav-item" href=item.href aria-current=move || (current.get() == Some(item.href)).then_some("page")>
                                <Icon icon=item.icon/><span>{item.label}</span>
                            </a></li>
                        }).collect_view()}
                    </ul>
                </div>
            }).collect_view()}
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_longest_address_that_it_begins_with() {
        let hrefs = ["/services", "/settings", "/settings/security"];
        assert_eq!(place_of("/services/ins_1", &hrefs), Some("/services"));
        assert_eq!(place_of("/settings/security", &hrefs), Some("/settings/security"));
        assert_eq!(place_of("/servicesandmore", &hrefs), None);
    }

    #[test]
    fn an_operation_belongs_to_the_orders_and_the_start_to_itself_alone() {
        let hrefs = [STAFF_START, ORDERS, "/provider/catalog"];
        assert_eq!(place_of("/provider", &hrefs), Some(STAFF_START));
        assert_eq!(place_of("/provider/operations/op_1", &hrefs), Some(ORDERS));
        assert_eq!(place_of("/provider/catalog/postgresql", &hrefs), Some("/provider/catalog"));
        assert_eq!(place_of("/provider/elsewhere", &hrefs), None);
    }
}

//! The application: the document, the layouts and every route. ROUTES.md lists them.

#[cfg(feature = "ssr")]
mod broken;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod exports;
mod layouts;
mod missing;
mod pages;
mod routes;
#[cfg(feature = "ssr")]
mod source;

#[cfg(feature = "ssr")]
pub use broken::{POLICY as BROKEN_POLICY, broken_page, other_organisation_page};
#[cfg(feature = "ssr")]
pub use document::shell;
#[cfg(feature = "ssr")]
pub use exports::{EXPORTS, Export};
#[cfg(feature = "ssr")]
pub use pages_identity::FORMS;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use source::prepare;

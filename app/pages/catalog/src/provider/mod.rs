//! The provider's catalog: what is sold, and the editor of its versions.

mod calls;
mod catalog_page;
mod draft;
mod findings;
mod forms;
#[cfg(feature = "ssr")]
mod merge;
mod notation;
mod offering_page;
mod offering_parts;
mod part_form;
mod plan_form;
mod published;
#[cfg(feature = "ssr")]
mod reading;

pub use catalog_page::ProviderCatalogPage;
pub use offering_page::ProviderOfferingPage;

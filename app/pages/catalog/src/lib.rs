//! The pages of the catalog: what is sold, one offering with its order form and exact price, and the provider's editor.

mod calls;
mod catalog_page;
mod offering;
mod offering_page;
pub mod provider;
#[cfg(feature = "ssr")]
mod refused;

pub use catalog_page::CatalogPage;
pub use offering_page::OfferingPage;
pub use provider::{ProviderCatalogPage, ProviderOfferingPage};

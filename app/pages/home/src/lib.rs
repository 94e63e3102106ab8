//! Pages for everyone: what it is, what it costs, the demo's mailbox, and the gallery of components.

mod gallery;
mod landing;
mod mailbox;
mod pricing;

pub use gallery::GalleryPage;
pub use landing::LandingPage;
pub use mailbox::MailboxPage;
pub use pricing::PricingPage;

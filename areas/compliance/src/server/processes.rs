//! The copies of the program that run, for the provider's overview.

use super::{entries::AuditError, store::processes as store};
use crate::view::ProcessView;
use kernel::Need;
use platform::Cx;

/// Those that said so lately, the one that runs longest first.
pub async fn processes(cx: &Cx) -> Result<Vec<ProcessView>, AuditError> {
    let mut tx = cx.provider_tx(Need::PROVIDER_READ).await?;
    Ok(store::alive(&mut tx).await?)
}

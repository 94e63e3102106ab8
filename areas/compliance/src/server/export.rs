//! A whole chain as a file: one JSON document a line, so that it can be kept elsewhere and gone through without this
//! installation. First whose chain it is, then each entry with its hash, last the head.

use super::{entries::AuditError, store::entries as store, verify::BATCH};
use kernel::{Fault, Need};
use platform::Cx;
use serde_json::json;
use std::io::Write;

/// Of the organisation that `cx` acts for; answers the number of entries.
pub async fn export(cx: &Cx, into: &mut (dyn Write + Send)) -> Result<i64, AuditError> {
    let mut tx = cx.tenant_tx(Need::AUDIT_READ).await?;
    let tenant = tx.tenant();
    let (head, hash) = store::head(&mut tx, tenant).await?;
    line(into, &json!({ "chain": tenant, "format": super::offline::FORMAT }))?;
    let mut last = 0;
    while last < head {
        let batch = store::batch(&mut tx, tenant, last, head, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for row in batch {
            let (entry, hash) = row.into_entry();
            last = entry.seq;
            line(into, &json!({ "entry": entry.to_json(), "hash": hex::encode(hash) }))?;
        }
    }
    line(into, &json!({ "head": { "seq": head, "hash": hex::encode(hash) } }))?;
    Ok(last)
}

fn line(into: &mut (dyn Write + Send), document: &serde_json::Value) -> Result<(), Fault> {
    writeln!(into, "{document}").map_err(|error| Fault::new(format!("the chain cannot be written: {error}")))
}

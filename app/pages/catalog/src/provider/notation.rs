//! Prices as operators write them, a line each: `24.00`, `0.015 / 1000`, `20: 0; 0.30 + 5`, `2.9 + 0.30`, with
//! `, min 5, max 100` at the end.
//!
//! A tier is its upper bound and a colon (none: all above), the price of a unit, a slash and the size of a block where
//! started blocks are sold whole, and a plus with the fee for reaching it.

use catalog::ChargeModel;
use rust_decimal::Decimal;

/// Codes of the models in the order in which they are offered.
pub const MODELS: [&str; 7] = ["flat", "per_unit", "graduated", "volume", "package", "percentage", "graduated_percentage"];

/// A price with the least and the most of a whole term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub charge: ChargeModel,
    pub minimum: Option<Decimal>,
    pub maximum: Option<Decimal>,
}

/// The price as `reading` reads it.
pub fn write(written: &Written) -> String {
    let mut text = match &written.charge {
        ChargeModel::Flat { amount } => amount.to_string(),
        ChargeModel::PerUnit { unit_price } => unit_price.to_string(),
        ChargeModel::Package { size, price } => format!("{price} / {size}"),
        ChargeModel::Graduated { tiers } | ChargeModel::Volume { tiers } => {
            tiers.iter().map(|tier| write_tier(tier.up_to, tier.unit_price, tier.block, tier.flat)).collect::<Vec<_>>().join("; ")
        }
        ChargeModel::Percentage { rate, fixed, free_events, free_amount } => {
            let mut text = if fixed.is_zero() { rate.to_string() } else { format!("{rate} + {fixed}") };
            if *free_events > 0 {
                text.push_str(&format!("; free {free_events} events"));
            }
            if !free_amount.is_zero() {
                text.push_str(&format!("; free {free_amount}"));
            }
            text
        }
        ChargeModel::GraduatedPercentage { tiers } => tiers.iter().map(|tier| write_tier(tier.up_to, tier.rate, None, tier.flat)).collect::<Vec<_>>().join("; "),
    };
    for (name, bound) in [("min", written.minimum), ("max", written.maximum)] {
        if let Some(bound) = bound {
            text.push_str(&format!(", {name} {bound}"));
        }
    }
    text
}

fn write_tier(up_to: Option<Decimal>, price: Decimal, block: Option<Decimal>, flat: Decimal) -> String {
    let bound = up_to.map(|bound| format!("{bound}: ")).unwrap_or_default();
    let block = block.map(|block| format!(" / {block}")).unwrap_or_default();
    let flat = if flat.is_zero() { String::new() } else { format!(" + {flat}") };
    format!("{bound}{price}{block}{flat}")
}

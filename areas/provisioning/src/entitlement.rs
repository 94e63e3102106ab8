//! What an organisation's tier entitles it to in service instances.

/// Instances that an organisation of this tier may have at once, deleted ones not counted. The tier is the platform
/// subscription's: `STARTER`, `PROFESSIONAL` or `ENTERPRISE`; one that is unknown gets the smallest.
pub fn instances(tier: &str) -> i64 {
    match tier.to_ascii_uppercase().as_str() {
        "ENTERPRISE" => 1_000,
        "PROFESSIONAL" => 50,
        _ => 10,
    }
}

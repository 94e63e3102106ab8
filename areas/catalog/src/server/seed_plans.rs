//! The plans that ship, with their prices in every currency, limits and forms. Their points do not repeat what a part
//! includes: cards say that with its price, which follows the part.

use crate::{Aggregation, Basis, ChangeTiming, ChargeModel, Component, Interval, PlanTerms, Price, Proration, Text, Tier};
use kernel::{ComponentId, Currency};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

/// The same amount in rupiah, dollars and euros.
type Amounts = [&'static str; 3];

fn dec(text: &str) -> Decimal {
    text.parse().expect("the shipped prices are decimals")
}

fn prices(interval: Interval, amounts: Amounts, charge: impl Fn(Decimal) -> ChargeModel) -> Vec<Price> {
    Currency::ALL
        .into_iter()
        .zip(amounts)
        .map(|(currency, amount)| Price { currency, interval, charge: charge(dec(amount)), minimum: None, maximum: None })
        .collect()
}

fn component(code: &str, name: Text, unit: Text, basis: Basis, prices: Vec<Price>) -> Component {
    // The id is given when the plan is written.
    Component { id: ComponentId::from_uuid(Uuid::nil()), code: code.to_owned(), name, unit, basis, prices }
}

fn fee(monthly: Amounts, annual: Option<Amounts>) -> Component {
    let flat = |amount| ChargeModel::Flat { amount };
    let mut list = prices(Interval::Monthly, monthly, flat);
    list.extend(annual.into_iter().flat_map(|amounts| prices(Interval::Annual, amounts, flat)));
    component("fee", Text::new("Base fee", "Biaya dasar"), Text::new("term", "masa"), Basis::Recurring, list)
}

fn plan(code: &str, name: Text, tagline: Text, features: &[(&str, &str)], limits: &[(&str, i64)], components: Vec<Component>, schema: Value) -> PlanTerms {
    PlanTerms {
        code: code.to_owned(),
        name,
        tagline,
        features: features.iter().map(|(en, id)| Text::new(*en, *id)).collect(),
        limits: limits.iter().map(|(name, limit)| ((*name).to_owned(), *limit)).collect(),
        components,
        trial_days: 0,
        proration: Proration::Days,
        upgrade: ChangeTiming::Now,
        downgrade: ChangeTiming::EndOfTerm,
        config_schema: schema,
    }
}

/// STARTER, PROFESSIONAL and ENTERPRISE. A year costs ten months.
pub fn tiers() -> Vec<PlanTerms> {
    let none = json!({"type": "object", "additionalProperties": false});
    vec![
        plan(
            "starter",
            Text::same("STARTER"),
            Text::new("For a small team that wants things to just work", "Untuk tim kecil yang ingin semuanya langsung berjalan"),
            &[
                ("5 people", "5 anggota"),
                ("10 service instances", "10 layanan"),
                ("Support by ticket, answered within a business day", "Dukungan lewat tiket, dijawab dalam satu hari kerja"),
                ("90 days of history", "Riwayat 90 hari"),
            ],
            &[("seats", 5), ("instances", 10), ("sso", 0), ("api_requests_per_minute", 60), ("retention_days", 90), ("support_hours", 24)],
            vec![fee(["150000", "10.00", "9.00"], Some(["1500000", "100.00", "90.00"]))],
            none.clone(),
        ),
        plan(
            "professional",
            Text::same("PROFESSIONAL"),
            Text::new("For teams that run their business on it", "Untuk tim yang menjalankan bisnisnya di sini"),
            &[
                ("25 people with roles", "25 anggota dengan peran"),
                ("50 service instances", "50 layanan"),
                ("Support within four hours", "Dukungan dalam empat jam"),
                ("API with 600 requests a minute", "API dengan 600 permintaan per menit"),
                ("400 days of history", "Riwayat 400 hari"),
            ],
            &[("seats", 25), ("instances", 50), ("sso", 0), ("api_requests_per_minute", 600), ("retention_days", 400), ("support_hours", 4)],
            vec![fee(["750000", "49.00", "45.00"], Some(["7500000", "490.00", "450.00"]))],
            none.clone(),
        ),
        plan(
            "enterprise",
            Text::same("ENTERPRISE"),
            Text::new("For organisations with rules of their own", "Untuk organisasi dengan aturannya sendiri"),
            &[
                ("People without limit, single sign-on", "Anggota tanpa batas, single sign-on"),
                ("1,000 service instances", "1.000 layanan"),
                ("Support within an hour, day and night", "Dukungan dalam satu jam, siang dan malam"),
                ("API with 6,000 requests a minute", "API dengan 6.000 permintaan per menit"),
                ("Seven years of history", "Riwayat tujuh tahun"),
            ],
            &[
                ("seats", PlanTerms::UNLIMITED),
                ("instances", 1_000),
                ("sso", 1),
                ("api_requests_per_minute", 6_000),
                ("retention_days", 2_557),
                ("support_hours", 1),
            ],
            vec![fee(["3750000", "249.00", "229.00"], Some(["37500000", "2490.00", "2290.00"]))],
            none,
        ),
    ]
}

fn postgresql_schema(connections: i64, default: i64) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["database_name"],
        "properties": {
            "database_name": {
                "type": "string",
                "pattern": "^[a-z][a-z0-9_]{1,30}$",
                "maxLength": 31,
                "default": "app",
                "x-order": 1,
                "x-title": {"en": "Database name", "id": "Nama basis data"},
                "x-help": {
                    "en": "Lower-case letters, digits and underscores, beginning with a letter. Once the database is in use, a new name changes its address at once and ends open connections.",
                    "id": "Huruf kecil, angka, dan garis bawah, diawali huruf. Setelah basis data dipakai, nama baru langsung mengubah alamatnya dan mengakhiri koneksi yang terbuka."
                },
                "x-change": {
                    "en": "The database gets a new name at once: applications must be given the new address, and open connections end.",
                    "id": "Basis data langsung berganti nama: aplikasi harus diberi alamat baru, dan koneksi yang terbuka berakhir."
                }
            },
            "connection_limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": connections,
                "default": default,
                "x-order": 2,
                "x-title": {"en": "Connection limit", "id": "Batas koneksi"},
                "x-help": {"en": "How many connections may be open at once.", "id": "Berapa koneksi yang boleh terbuka bersamaan."}
            },
            "extensions": {
                "type": "array",
                "uniqueItems": true,
                "items": {"type": "string", "enum": ["pgcrypto", "pg_trgm", "citext", "hstore", "unaccent", "btree_gin"]},
                "default": [],
                "x-order": 3,
                "x-title": {"en": "Extensions", "id": "Ekstensi"},
                "x-help": {
                    "en": "Those that are ticked are installed, also later; unticking one removes nothing from the database.",
                    "id": "Yang dicentang akan dipasang, juga nanti; menghapus centang tidak membuang apa pun dari basis data."
                }
            }
        }
    })
}

/// Gigabyte-hours arrive already weighted by time, so they are summed.
fn storage(included: &str, price: Amounts) -> Component {
    component(
        "storage",
        Text::new("Storage", "Penyimpanan"),
        Text::new("GB-hours", "GB-jam"),
        Basis::Usage { meter: "storage_gb_hours".into(), aggregation: Aggregation::Sum, included: dec(included) },
        prices(Interval::Monthly, price, |unit_price| ChargeModel::PerUnit { unit_price }),
    )
}

/// The highest number of connections of the term; those beyond the first tier cost extra.
fn connections(free: &str, price: Amounts) -> Component {
    component(
        "connections",
        Text::new("Peak connections", "Puncak koneksi"),
        Text::new("connections", "koneksi"),
        Basis::Usage { meter: "connection_peak".into(), aggregation: Aggregation::Max, included: Decimal::ZERO },
        prices(Interval::Monthly, price, |unit_price| ChargeModel::Graduated {
            tiers: vec![
                Tier { up_to: Some(dec(free)), unit_price: Decimal::ZERO, flat: Decimal::ZERO, block: None },
                Tier { up_to: None, unit_price, flat: Decimal::ZERO, block: None },
            ],
        }),
    )
}

/// Limits are what drivers hold an instance to: `storage_gb`, `connections`.
pub fn postgresql() -> Vec<PlanTerms> {
    vec![
        plan(
            "dev",
            Text::new("Dev", "Dev"),
            Text::new("For trying things out", "Untuk mencoba-coba"),
            &[("1 GB of storage", "Penyimpanan 1 GB"), ("Up to 5 connections", "Hingga 5 koneksi")],
            &[("storage_gb", 1), ("connections", 5)],
            vec![fee(["50000", "3.50", "3.20"], None), storage("720", ["12", "0.0008", "0.0007"]), connections("5", ["5000", "0.30", "0.28"])],
            postgresql_schema(5, 5),
        ),
        plan(
            "standard",
            Text::new("Standard", "Standar"),
            Text::new("For applications in production", "Untuk aplikasi produksi"),
            &[("20 GB of storage", "Penyimpanan 20 GB"), ("Up to 50 connections", "Hingga 50 koneksi")],
            &[("storage_gb", 20), ("connections", 50)],
            vec![fee(["350000", "24.00", "22.00"], None), storage("3600", ["10", "0.0007", "0.0006"]), connections("20", ["5000", "0.30", "0.28"])],
            postgresql_schema(50, 20),
        ),
        plan(
            "business",
            Text::new("Business", "Bisnis"),
            Text::new("For busy services with room to grow", "Untuk layanan sibuk dengan ruang tumbuh"),
            &[("100 GB of storage", "Penyimpanan 100 GB"), ("Up to 200 connections", "Hingga 200 koneksi")],
            &[("storage_gb", 100), ("connections", 200)],
            vec![fee(["1250000", "85.00", "78.00"], None), storage("18000", ["8", "0.0006", "0.0005"]), connections("100", ["5000", "0.30", "0.28"])],
            postgresql_schema(200, 60),
        ),
    ]
}

fn uptime_schema(checks: i64, interval: i64) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["checks"],
        "properties": {
            "checks": {
                "type": "array",
                "minItems": 1,
                "maxItems": checks,
                "x-order": 1,
                "x-title": {"en": "Checks", "id": "Pemeriksaan"},
                "x-help": {"en": "What is to be watched from outside.", "id": "Apa yang dipantau dari luar."},
                "x-row": {"en": "Check", "id": "Pemeriksaan"},
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["name", "kind", "target"],
                    "properties": {
                        "name": {
                            "type": "string", "minLength": 1, "maxLength": 80,
                            "x-order": 1, "x-title": {"en": "Name", "id": "Nama"}
                        },
                        "kind": {
                            "type": "string", "enum": ["http", "tcp", "tls"], "default": "http",
                            "x-order": 2, "x-title": {"en": "Kind", "id": "Jenis"},
                            "x-choices": {
                                "http": {"en": "Page (HTTP)", "id": "Halaman (HTTP)"},
                                "tcp": {"en": "Port (TCP)", "id": "Port (TCP)"},
                                "tls": {"en": "Certificate (TLS)", "id": "Sertifikat (TLS)"}
                            },
                            "x-help": {"en": "A page is asked for, a port is opened, a certificate is read for its expiry.", "id": "Halaman diminta, port dibuka, masa berlaku sertifikat dibaca."}
                        },
                        "target": {
                            "type": "string", "minLength": 3, "maxLength": 500,
                            "x-order": 3, "x-title": {"en": "Target", "id": "Tujuan"},
                            "x-help": {"en": "A page's address like https://example.com/health; for a port or a certificate, host:port.", "id": "Alamat halaman seperti https://example.com/health; untuk port atau sertifikat, host:port."}
                        },
                        "interval_seconds": {
                            "type": "integer", "minimum": interval, "maximum": 86_400, "default": interval.max(60),
                            "x-order": 4, "x-unit": {"en": "s", "id": "dtk"}, "x-title": {"en": "Interval", "id": "Selang"}
                        },
                        "expect_status": {
                            "type": "integer", "minimum": 100, "maximum": 599,
                            "x-order": 5, "x-title": {"en": "Expected status", "id": "Status yang diharapkan"},
                            "x-help": {"en": "Of pages; any from 200 to 399 when empty.", "id": "Untuk halaman; 200 sampai 399 bila kosong."}
                        },
                        "expect_keyword": {
                            "type": "string", "maxLength": 200,
                            "x-order": 6, "x-title": {"en": "Expected text", "id": "Teks yang diharapkan"},
                            "x-help": {"en": "Of pages: the page must hold it.", "id": "Untuk halaman: harus ada di halaman."}
                        },
                        "warn_days": {
                            "type": "integer", "minimum": 1, "maximum": 90,
                            "x-order": 7, "x-unit": {"en": "days", "id": "hari"}, "x-title": {"en": "Warn before expiry", "id": "Peringatan sebelum kedaluwarsa"},
                            "x-help": {"en": "Of certificates: days before one expires.", "id": "Untuk sertifikat: hari sebelum kedaluwarsa."}
                        },
                        "retries": {
                            "type": "integer", "minimum": 0, "maximum": 10,
                            "x-order": 8, "x-title": {"en": "Further tries", "id": "Percobaan ulang"},
                            "x-help": {"en": "Before it counts as down; one when empty.", "id": "Sebelum dianggap mati; satu bila kosong."}
                        },
                        "resend_every": {
                            "type": "integer", "minimum": 1, "maximum": 10_000,
                            "x-order": 9, "x-title": {"en": "Remind after failures", "id": "Ingatkan setelah kegagalan"},
                            "x-help": {"en": "While it stays down, a mail after every so many further failures; none when empty.", "id": "Selama masih mati, satu surel setelah sekian kegagalan berikutnya; tidak ada bila kosong."}
                        }
                    }
                }
            }
        }
    })
}

/// Runs of checks beyond what is included, in started packages of a thousand.
fn checks_run(included: &str, price: Amounts) -> Component {
    component(
        "checks_run",
        Text::new("Checks run", "Pemeriksaan dijalankan"),
        Text::new("checks", "pemeriksaan"),
        Basis::Usage { meter: "checks_run".into(), aggregation: Aggregation::Sum, included: dec(included) },
        prices(Interval::Monthly, price, |price| ChargeModel::Package { size: Decimal::ONE_THOUSAND, price }),
    )
}

/// Limits are what drivers hold an instance to: `checks`, `min_interval_seconds`.
pub fn uptime() -> Vec<PlanTerms> {
    vec![
        plan(
            "basic",
            Text::new("Basic", "Dasar"),
            Text::new("One site and its certificate", "Satu situs dan sertifikatnya"),
            &[("5 checks", "5 pemeriksaan"), ("Every minute", "Setiap menit")],
            &[("checks", 5), ("min_interval_seconds", 60)],
            vec![fee(["35000", "2.50", "2.30"], None), checks_run("250000", ["200", "0.015", "0.014"])],
            uptime_schema(5, 60),
        ),
        plan(
            "team",
            Text::new("Team", "Tim"),
            Text::new("For services that matter", "Untuk layanan yang penting"),
            &[("25 checks", "25 pemeriksaan"), ("Every 20 seconds", "Setiap 20 detik")],
            &[("checks", 25), ("min_interval_seconds", 20)],
            vec![fee(["150000", "10.00", "9.00"], None), checks_run("1000000", ["150", "0.010", "0.009"])],
            uptime_schema(25, 20),
        ),
        plan(
            "scale",
            Text::new("Scale", "Skala"),
            Text::new("Everything, as often as every five seconds", "Semuanya, hingga setiap lima detik"),
            &[("200 checks", "200 pemeriksaan"), ("Every 5 seconds", "Setiap 5 detik")],
            &[("checks", 200), ("min_interval_seconds", 5)],
            vec![fee(["600000", "39.00", "36.00"], None), checks_run("10000000", ["100", "0.007", "0.006"])],
            uptime_schema(200, 5),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_point_says_again_what_a_part_includes() {
        for plan in [tiers(), postgresql(), uptime()].concat() {
            for point in &plan.features {
                assert!(!point.en.contains("included") && !point.id.to_lowercase().contains("termasuk"), "{}: {point:?}", plan.code);
            }
        }
    }
}

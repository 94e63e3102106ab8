//! The catalog that ships: the platform's tiers, Managed PostgreSQL and Uptime monitoring. Written at the first start;
//! operators change it afterwards like any other offering.

use super::{edit::{findings_of, identified}, seed_plans, store};
use crate::{Offering, OfferingState, PLATFORM, PlanTerms, Severity, Text};
use kernel::{Fault, Need, OfferingId, VersionId};
use platform::{Cx, Opened, fault};
use std::collections::BTreeMap;

/// Writes what ships where it is missing; an offering that is there, edited or not, is left alone. Answers how many
/// were written.
pub async fn seed_catalog(cx: &Cx) -> Result<usize, Opened> {
    let mut written = 0;
    for (position, (offering, plans)) in (1_i32..).zip(shipped(cx)) {
        let findings = findings_of(&offering, &plans);
        if let Some(error) = findings.iter().find(|finding| finding.severity == Severity::Error) {
            return Err(Fault::new(format!("the shipped offering {} is broken at {}: {}", offering.slug, error.pointer, error.message)).into());
        }
        let mut tx = cx.provider_tx(Need::CATALOG_WRITE).await?;
        if store::insert_offering(&mut tx, &offering, position, cx.now()).await.map_err(fault)? {
            let version = VersionId::from_uuid(cx.new_uuid());
            store::insert_version(&mut tx, version, offering.id, 1, cx.now()).await.map_err(fault)?;
            store::replace_plans(&mut tx, version, &identified(cx, plans, &BTreeMap::new())).await.map_err(fault)?;
            store::mark_published(&mut tx, version, cx.now()).await.map_err(fault)?;
            tracing::info!(offering.slug = %offering.slug, "Put {} into the catalog", offering.slug);
            written += 1;
        }
        tx.commit().await?;
    }
    Ok(written)
}

fn shipped(cx: &Cx) -> Vec<(Offering, Vec<PlanTerms>)> {
    let offering = |slug: &str, name: Text, category: &str, summary: Text, description: Text, driver: Option<&str>| Offering {
        id: OfferingId::from_uuid(cx.new_uuid()),
        slug: slug.to_owned(),
        name,
        category: category.to_owned(),
        summary,
        description,
        driver: driver.map(str::to_owned),
        state: OfferingState::Active,
    };
    vec![
        (
            offering(
                PLATFORM,
                Text::same("Service Hub"),
                "platform",
                Text::new("Your organisation's tier: people, services and support.", "Tingkat organisasi Anda: anggota, layanan, dan dukungan."),
                Text::new(
                    "The tier sets how many people and service instances your organisation may have, how fast support answers and how long data is kept. Each service adds its own plan.",
                    "Tingkat menentukan jumlah anggota dan layanan organisasi Anda, kecepatan dukungan, dan lama penyimpanan data. Setiap layanan menambahkan paketnya sendiri.",
                ),
                None,
            ),
            seed_plans::tiers(),
        ),
        (
            offering(
                "managed-postgresql",
                Text::new("Managed PostgreSQL", "PostgreSQL Terkelola"),
                "database",
                Text::new(
                    "Your own PostgreSQL database, ready in seconds, watched and measured.",
                    "Basis data PostgreSQL milik Anda, siap dalam hitungan detik, dipantau dan diukur.",
                ),
                Text::new(
                    "A role and a database of your own with a connection limit you choose. Storage is measured as it is used and charged by the gigabyte-hour; credentials are shown once and rotate on request.",
                    "Peran dan basis data milik Anda sendiri dengan batas koneksi pilihan Anda. Penyimpanan diukur sesuai pemakaian dan ditagih per gigabita-jam; kredensial ditampilkan sekali dan dapat diganti kapan saja.",
                ),
                Some("postgresql"),
            ),
            seed_plans::postgresql(),
        ),
        (
            offering(
                "uptime-monitoring",
                Text::new("Uptime monitoring", "Pemantauan Uptime"),
                "monitoring",
                Text::new(
                    "Know within seconds when a website, port or certificate fails.",
                    "Ketahui dalam hitungan detik saat situs, port, atau sertifikat bermasalah.",
                ),
                Text::new(
                    "HTTP, TCP and TLS-expiry checks from outside with response times, incidents and uptime history. Notified on down and on recovery.",
                    "Pemeriksaan HTTP, TCP, dan masa berlaku TLS dari luar dengan waktu respons, insiden, dan riwayat uptime. Pemberitahuan saat gangguan dan saat pulih.",
                ),
                Some("uptime"),
            ),
            seed_plans::uptime(),
        ),
    ]
}

//! What billing writes by mail, in the organisation's language.

use crate::{
    dunning::Standing,
    view::{AccountDetails, DocumentKind, InvoiceView},
};
use kernel::{Date, Language, Money};
use platform::{mail::{File, Mail}, mail_layout::Letter};

/// 31 January 2026; 31 Januari 2026.
pub(super) fn long_date(date: Date, language: Language) -> String {
    const EN: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    const ID: [&str; 12] = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];
    let months = match language {
        Language::En => EN,
        Language::Id => ID,
    };
    format!("{} {} {}", date.day(), months[usize::from(date.month() - 1)], date.year())
}

fn pick(language: Language, en: String, id: String) -> String {
    match language {
        Language::En => en,
        Language::Id => id,
    }
}

fn footnote(language: Language) -> String {
    pick(
        language,
        "You receive this because you look after billing for your organisation.".into(),
        "Anda menerima surat ini karena mengurus tagihan organisasi Anda.".into(),
    )
}

/// The mail that brings an invoice.
pub(super) fn invoice(view: &InvoiceView, pdf: File, public_url: &str) -> Mail {
    let language = view.language;
    let (number, total) = (&view.row.number, view.row.total.format(language));
    let due = long_date(view.row.due_on, language);
    let (subject, title) = match view.row.kind {
        DocumentKind::Invoice => (
            pick(language, format!("Invoice {number}: {total}"), format!("Faktur {number}: {total}")),
            pick(language, format!("Your invoice {number}"), format!("Faktur Anda {number}")),
        ),
        DocumentKind::CreditNote => (
            pick(language, format!("Credit note {number}: {total}"), format!("Nota kredit {number}: {total}")),
            pick(language, format!("Your credit note {number}"), format!("Nota kredit Anda {number}")),
        ),
    };
    let open = !view.row.open.is_zero();
    let text = match (view.row.kind, open) {
        (DocumentKind::CreditNote, _) => pick(
            language,
            "The amount was added to your balance and is taken into account with your next invoices. The document is attached.".into(),
            "Jumlah ini ditambahkan ke saldo Anda dan diperhitungkan pada faktur berikutnya. Dokumen terlampir.".into(),
        ),
        (DocumentKind::Invoice, true) => pick(
            language,
            format!("Please transfer {} by {due}, naming {number}. The invoice is attached.", view.row.open.format(language)),
            format!("Mohon transfer {} paling lambat {due} dengan menyebutkan {number}. Faktur terlampir.", view.row.open.format(language)),
        ),
        (DocumentKind::Invoice, false) => pick(
            language,
            "It is paid already; there is nothing to do. The invoice is attached.".into(),
            "Faktur ini sudah lunas; tidak ada yang perlu dilakukan. Faktur terlampir.".into(),
        ),
    };
    let letter = Letter {
        subject,
        title,
        paragraphs: vec![text],
        button: Some((pick(language, "Open the invoice".into(), "Buka faktur".into()), format!("{public_url}/billing/invoices/{}", view.row.id))),
        facts: vec![
            (pick(language, "Total".into(), "Total".into()), total),
            (pick(language, "Due".into(), "Jatuh tempo".into()), due),
        ],
        footnote: footnote(language),
    };
    Mail { attachment: Some(pdf), ..letter.to(&view.buyer.email) }
}

/// Tells what comes unless payment does.
pub(super) fn announcement(details: &AccountDetails, standing: Standing, on: Date, owed: Money, public_url: &str) -> Mail {
    let language = details.language;
    let day = long_date(on, language);
    let text = match standing {
        Standing::Restricted => pick(
            language,
            format!("From {day} nothing new can be ordered until your open invoices are paid. What runs goes on."),
            format!("Mulai {day} tidak ada layanan baru yang dapat dipesan sampai faktur terbuka dibayar. Layanan yang ada tetap berjalan."),
        ),
        Standing::Suspended => pick(
            language,
            format!("On {day} your services will be suspended until your open invoices are paid. Your data is kept."),
            format!("Pada {day} layanan Anda akan ditangguhkan sampai faktur terbuka dibayar. Data Anda tetap disimpan."),
        ),
        Standing::Ended => pick(
            language,
            format!("On {day} your subscriptions will end because invoices were not paid, and your services will be deleted. Their data is kept for a few days after that."),
            format!("Pada {day} langganan Anda akan berakhir karena faktur belum dibayar, dan layanan Anda akan dihapus. Datanya masih disimpan beberapa hari setelahnya."),
        ),
        Standing::Good | Standing::Overdue | Standing::Warned => pick(
            language,
            format!("Your open invoices are still unpaid. A warning follows on {day}."),
            format!("Faktur terbuka Anda belum dibayar. Peringatan menyusul pada {day}."),
        ),
    };
    reminder(details, pick(language, "Payment is late".into(), "Pembayaran terlambat".into()), text, owed, public_url)
}

/// Tells that a state began.
pub(super) fn entered(details: &AccountDetails, standing: Standing, owed: Money, public_url: &str) -> Mail {
    let language = details.language;
    let (title, text) = match standing {
        Standing::Good | Standing::Overdue => (
            pick(language, "An invoice is overdue".into(), "Faktur lewat jatuh tempo".into()),
            pick(language, "The due date has passed. If you paid today, ignore this.".into(), "Tanggal jatuh tempo telah lewat. Bila Anda membayar hari ini, abaikan surat ini.".into()),
        ),
        Standing::Warned => (
            pick(language, "Warning: an invoice is unpaid".into(), "Peringatan: faktur belum dibayar".into()),
            pick(language, "Please pay soon, so that your services go on without a break.".into(), "Mohon segera membayar agar layanan Anda terus berjalan.".into()),
        ),
        Standing::Restricted => (
            pick(language, "New orders are paused".into(), "Pesanan baru dihentikan sementara".into()),
            pick(language, "Nothing new can be ordered until your open invoices are paid. What runs goes on.".into(), "Layanan baru tidak dapat dipesan sampai faktur terbuka dibayar. Layanan yang ada tetap berjalan.".into()),
        ),
        Standing::Suspended => (
            pick(language, "Your services are suspended".into(), "Layanan Anda ditangguhkan".into()),
            pick(language, "They come back by themselves as soon as your open invoices are paid. Your data is kept.".into(), "Layanan kembali dengan sendirinya begitu faktur terbuka dibayar. Data Anda tetap disimpan.".into()),
        ),
        Standing::Ended => (
            pick(language, "Your subscriptions have ended".into(), "Langganan Anda telah berakhir".into()),
            pick(language, "Invoices were not paid, so your subscriptions ended and your services are being deleted. Each service's page says until when its data is kept; once the invoices are paid you can restore it there.".into(), "Faktur tidak dibayar sehingga langganan Anda berakhir dan layanan Anda dihapus. Halaman setiap layanan menyebutkan sampai kapan datanya disimpan; setelah faktur dibayar Anda dapat memulihkannya di sana.".into()),
        ),
    };
    reminder(details, title, text, owed, public_url)
}

/// Thanks for a payment that brings services back.
pub(super) fn lifted(details: &AccountDetails, public_url: &str) -> Mail {
    let language = details.language;
    let title = pick(language, "Thank you: your services are coming back".into(), "Terima kasih: layanan Anda kembali".into());
    let letter = Letter {
        subject: title.clone(),
        title,
        paragraphs: vec![pick(language, "Your payment arrived, and your services are being resumed.".into(), "Pembayaran Anda telah diterima, dan layanan sedang diaktifkan kembali.".into())],
        button: Some((pick(language, "See your services".into(), "Lihat layanan".into()), format!("{public_url}/services"))),
        facts: Vec::new(),
        footnote: footnote(language),
    };
    letter.to(&details.buyer.email)
}

fn reminder(details: &AccountDetails, title: String, text: String, owed: Money, public_url: &str) -> Mail {
    let language = details.language;
    let letter = Letter {
        subject: title.clone(),
        title,
        paragraphs: vec![text],
        button: Some((pick(language, "Open billing".into(), "Buka tagihan".into()), format!("{public_url}/billing"))),
        facts: vec![(pick(language, "Open amount".into(), "Jumlah terbuka".into()), owed.format(language))],
        footnote: footnote(language),
    };
    letter.to(&details.buyer.email)
}

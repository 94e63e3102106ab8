//! The demo's mailbox: what would have been sent.

mod calls;

use calls::{MailView, mails};
use kit::prelude::*;
use leptos::prelude::*;

#[derive(Clone)]
pub struct MailboxPage {
    mails: Resource<Result<Vec<MailView>, PageError>>,
}

impl PageRoute for MailboxPage {
    fn data() -> Self {
        Self { mails: Resource::new(|| (), |()| mails()) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <div class="public-page">
                <PageHeader title=tr!(home.mailbox.title) lead=tr!(home.mailbox.lead)/>
                <Load resource=this.mails view=|mails| view! { <Mails mails=mails/> }/>
            </div>
        }
        .into_any()
    }
}

#[component]
fn Mails(mails: Vec<MailView>) -> impl IntoView {
    if mails.is_empty() {
        return view! { <EmptyState icon=icons::LuMail title=tr!(home.mailbox.empty_title) says=tr!(home.mailbox.empty)/> }.into_any();
    }
    view! { <ul class="stack">{mails.into_iter().map(|mail| view! { <li><OneMail mail=mail/></li> }).collect_view()}</ul> }.into_any()
}

/// Links of the text stand on lines of their own and can be followed.
#[component]
fn OneMail(mail: MailView) -> impl IntoView {
    let lines = mail.text.lines().map(str::to_owned).map(|line| {
        let is_link = line.starts_with("http://") || line.starts_with("https://");
        if is_link {
            let href = line.clone();
            view! { <a class="prose-link mail-link" href=href rel="external">{line}</a><br/> }.into_any()
        } else {
            view! { {line}<br/> }.into_any()
        }
    });
    view! {
        <article class="box" data-mail=mail.id>
            <div class="cluster"><h2 class="section-title grow">{mail.subject}</h2><span class="muted"><DateTime at=mail.at/></span></div>
            <p class="muted">{tr!(home.mailbox.to, recipient = mail.recipient)}</p>
            <p class="mail-text">{lines.collect_view()}</p>
        </article>
    }
}

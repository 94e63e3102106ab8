//! The design system: what every page is built of, from the shell around it to the chip that says how a thing is.
//!
//! README.md lists the components with an example each; the gallery page shows them. Components show; they neither
//! fetch nor decide.

pub mod asking;
pub mod button;
pub mod callout;
pub mod chip;
pub mod copy;
pub mod dialog;
pub mod door;
pub mod empty;
pub mod error;
pub mod form;
pub mod icon;
pub mod list;
pub mod live;
pub mod load;
pub mod organisation;
pub mod page;
pub mod preferences;
pub mod progress;
#[cfg(feature = "ssr")]
pub mod request;
pub mod route;
pub mod shell;
pub mod skeleton;
pub mod table;
pub mod tabs;
pub mod tile;
pub mod time;
pub mod toast;
pub mod uptime;
pub mod viewer;

pub use error::PageError;
pub use viewer::{Viewer, ViewerOrganisation, use_zone};

/// What a page file wants in scope.
pub mod prelude {
    pub use crate::{
        asking::{AddressForm, AskBeforeChange},
        button::{ActionButton, Button, ButtonKind, LinkButton},
        callout::{Callout, Tone},
        chip::{Chip, StatusChip},
        copy::CopyButton,
        dialog::{Confirm, Dialog, DialogButton},
        empty::EmptyState,
        error::PageError,
        form::{CheckField, Choice, Form, FormNote, NumberField, PasswordField, RadioCards, SchemaForm, SelectField, SubmitButton, TextArea, TextField},
        icon::Icon,
        list::{KeyValue, KeyValues},
        live::{Asked, LiveResource, on_change, use_live},
        load::{Load, Trouble},
        page::{Card, Crumb, PageHeader, Section},
        progress::{Meter, Progress, Step, StepState},
        route::PageRoute,
        skeleton::{Skeleton, SkeletonKind},
        table::{Column, Filter, ListQuery, Row, Table, use_list_query},
        tabs::{Tab, Tabs},
        tile::{StatTile, StatTiles},
        time::{Amount, DateOnly, DateTime, Elapsed, Number},
        toast::{ToastKind, use_toasts},
        uptime::{UptimeBar, UptimeDay},
        viewer::{Viewer, use_viewer},
    };
    pub use i18n::tr;
    pub use icondata_lu as icons;
}

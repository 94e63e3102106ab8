//! Refusals of monitoring as the page's error.

use kit::PageError;
use monitoring::server::MonitoringError;

pub fn refused(error: MonitoringError) -> PageError {
    kit::page_error!(error)
}

//! What the usb task is told at start.

use std::path::PathBuf;

use crate::model::Span;

/// How `uhubctl` is found and run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsbSettings {
    /// Absolute path of `uhubctl`; `None`: it is looked for on PATH and where distributions put it.
    pub uhubctl: Option<PathBuf>,
    /// A call that takes longer is ended; the state is then unknown and read again.
    pub time_limit: Span,
    /// Where the kernel shows its devices: `/sys`.
    pub sysfs: PathBuf,
    /// The file whose lock makes sure that one call runs at a time on this host.
    pub lock: PathBuf,
}

//! What is told to whoever looks at the host.

use crate::{config::Directories, usb::UsbSettings};

/// How to look, and where the files are that say what should be there.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// How `uhubctl` and the kernel's files are asked.
    pub usb: UsbSettings,
    /// Where stations, rules and hub models are.
    pub directories: Directories,
}

//! What the kernel's own files say of the USB buses: hubs, their ports, their power and what is plugged in.
//!
//! Reads under `<sysfs>/bus/usb/devices`, and writes nothing but that a hub is not to sleep. Reading the power of a port asks the hub itself: it wakes a
//! hub that sleeps, and does not return while the hub is wedged. So all reading is done on threads of its own, is waited
//! for a bounded time only, and what hung is not asked again before that reading has ended. Devices choose part of the
//! text; it is cut and made printable.

mod files;
mod picture;
mod reader;

pub(super) use files::{Roots, interface, keep_awake, port_folder, text};
pub(super) use picture::power;
pub(super) use reader::{Depth, Found, Reader, spawn};

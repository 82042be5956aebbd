//! Plays `libusb-1.0.so.0` in front of the real `uhubctl`: any hub, and every fault of it, without hardware or root.
//!
//! The hubs are a [`World`] in a file. A [`Stage`] is a folder with that file, the library under libusb's name, a script
//! that runs `uhubctl` with it, and a log of all that `uhubctl` asked. Has only the functions that `uhubctl` uses, and
//! must never touch a hub that exists.

mod abi;
mod device;
mod hubs;
mod stage;
mod world;

pub use hubs::{four_ports, mirrored, raspberry_pi_4, rsh_a16};
pub use stage::Stage;
pub use world::{Call, Device, Does, Fault, Hub, Port, Switching, Words, World};

/// What libusb's functions return, as far as faults use it.
pub mod error {
    /// Input or output error.
    pub const IO: i32 = -1;
    /// No permission.
    pub const ACCESS: i32 = -3;
    /// The device is gone.
    pub const NO_DEVICE: i32 = -4;
    /// Nothing of that name.
    pub const NOT_FOUND: i32 = -5;
    /// It took too long.
    pub const TIMEOUT: i32 = -7;
    /// The device refuses the request.
    pub const PIPE: i32 = -9;
}

//! Hubs that are switched by the kernel's own files: `disable` of each port, since Linux 6.0.
//!
//! No process is started, and nothing but the hubs asked for is looked at. Writing asks the hub and waits for the
//! drivers of what is plugged in, so it is done on a thread of its own, is waited for a bounded time only, and a hub on
//! which a call hangs is not asked again before that one has ended. Must never take a written file for a switched port:
//! each is read again.

mod disable;
mod driver;
#[cfg(test)]
mod tests;

pub(super) use driver::Sysfs;

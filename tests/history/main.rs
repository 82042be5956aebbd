//! History through its public door, on real files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly")]

mod archive;
mod crash;
mod lived;
mod old;
mod reading;
mod restart;
mod support;
mod tokens;
mod trouble;

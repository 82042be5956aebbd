//! The numbers of the service as OpenMetrics text, made anew for each reader from values that others own.
//!
//! `page` puts them together: calls to hubs, stations and ports; `devices` has the batteries, `service` what is around them.

mod devices;
mod page;
mod service;

pub(super) use page::{Exposition, Picture};
pub(super) use service::Around;

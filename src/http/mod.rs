//! The REST service: the API under `/api/v1`, its OpenAPI document and Swagger UI, the page, events, health, and the
//! paths of the service before this one.
//!
//! Bytes become checked values here or an error that says what is allowed; HTTP statuses are known nowhere else. Reads
//! come from a station's picture or from history, everything else goes through a station's handle. Decides nothing, and
//! keeps no state but who is connected.
//!
//! Reading order: `server` (routes, start and end), `gate` and `guarded` (limits on connections), `answers` (the form
//! of errors), `squeeze` (their size), `auth` (who may do what), `api` (the operations), `dto` (their JSON), `web` (the page).

mod answers;
mod api;
mod auth;
mod conditions;
mod csv;
mod dto;
mod events;
mod fields;
mod gate;
mod guarded;
mod metrics;
mod params;
mod paths;
mod payload;
mod pictures;
mod problem;
mod rule_text;
mod seed;
mod server;
mod settings;
mod squeeze;
mod web;
mod wire;

pub use dto::{care_json, tried_json};
pub use server::{Bound, ReloadRequest, Services, Stage, bind, spec_yaml};
pub use settings::{Access, HttpSettings};

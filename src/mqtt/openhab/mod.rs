//! Files for openHAB, made from a station: Things, items, a sitemap, the same as YAML, and rules to begin with.
//!
//! openHAB's generic MQTT binding finds nothing by itself, so somebody has to write down what there is, and this is who.
//! Pure: from a station to text, the same text each time. Topics come from `topics` and are written nowhere else; no
//! password of the service ever gets here. What the files are made of stands once, in `setup`; the other modules only
//! write it down, each in the grammar of one kind of file.

mod dsl;
mod names;
mod points;
mod rules;
mod setup;
mod sitemap;
mod yaml;

pub use dsl::{items, things};
pub use names::{Names, clash};
pub use rules::rules;
pub use setup::{Bridge, Broker, Place};
pub use sitemap::sitemap;
pub use yaml::yaml;

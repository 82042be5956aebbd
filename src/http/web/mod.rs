//! Serves the page: the files of `web/`, compressed, with tags and with headers that keep everything else out.
//!
//! Open to everybody: there is nothing in it but the page, which asks the API as everybody does. The table of files is made
//! by `build.rs` and no library: what is wanted is a table with compressed files and tags, which none of those that
//! embed folders makes. The few files of many (`bundle`, `modules`) come from no bundler, so that building needs Rust alone.

mod answer;
#[cfg(not(web_in_binary))]
mod bundle;
mod files;
#[cfg(not(web_in_binary))]
mod modules;
#[cfg(test)]
#[cfg(not(web_in_binary))]
mod modules_tests;
#[cfg(not(web_in_binary))]
mod pack;

pub(super) use answer::page;

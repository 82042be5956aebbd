//! Smart Charging Station: keeps the batteries of phones and tablets on a switchable USB hub healthy and ready.
//!
//! Read ARCHITECTURE.md first. The modules stand in the order in which a report passes through them.

pub mod model;

pub mod rules;

pub mod engine;

pub mod simulation;

pub mod trial;

pub mod config;

pub mod controller;

pub mod usb;

pub mod history;

pub mod mqtt;

pub mod workshop;

pub mod host;

pub mod http;

pub mod app;

pub mod settings;

pub mod cli;

//! Which hubs of a survey belong together, and which models they fit.
//!
//! Pure. Judges by shape: which chip hangs on which port, and how many ports each has. Vendor and product numbers only
//! make it certain, because makers put other chips into the same housing.

mod onboard;
#[cfg(test)]
mod tests;
mod trees;

pub use onboard::onboard;
pub use trees::{Fit, Tree, misfit, trees, twin};

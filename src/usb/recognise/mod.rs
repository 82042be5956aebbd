//! Which hubs of a survey belong together, and which models they fit.
//!
//! Pure. Judges by shape: which chip hangs on which port, and how many ports each has. Vendor and product numbers only
//! make it certain, because makers put other chips into the same housing.

mod onboard;
mod shape;
#[cfg(test)]
mod tests;
mod trees;

pub use onboard::onboard;
pub(super) use shape::{Shape, chips, elsewhere, lacks, shape};
pub use shape::{misfit, places};
pub use trees::{Fit, Tree, trees};

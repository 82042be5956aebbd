//! Why a port is as it is: a decision explained by the files that decided.

use std::sync::Arc;

pub use crate::{
    rules::{Condition, Input, Kind, Place, Term, TraceStep},
    trial::explain::{Asked, Because, Explanation, Origin, ParameterSaid, Role},
};

use super::{Closed, NoPlan, Workshop};
use crate::{
    controller::View,
    model::{Decision, Opinion, PortId, Timestamp},
    trial::{self, explain::explain},
};

/// Why something could not be explained.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unexplained {
    /// The files that decided are not at hand.
    #[error(transparent)]
    NoPlan(#[from] NoPlan),
    /// The files that decided have no such station: they were kept by another service.
    #[error("the files of that version have no station `{0}`")]
    NoStation(crate::model::StationName),
}

impl From<Closed> for Unexplained {
    fn from(closed: Closed) -> Self {
        Self::NoPlan(NoPlan::Closed(closed))
    }
}

impl Workshop {
    /// Explains a recorded decision by the version that decided.
    pub async fn explain(&self, decision: Arc<Decision>) -> Result<Explanation, Unexplained> {
        let plan = self.plan_of(&decision.version).await?;
        let station = plan.stations.get(&decision.station).cloned();
        let station = station.ok_or_else(|| Unexplained::NoStation(decision.station.clone()))?;
        Ok(self.glance(move || explain(&plan.rules, &station, &decision)).await?)
    }

    /// Explains why a port is as it is now, with the facts of this moment. `None` as long as nothing was decided there.
    pub async fn explain_now(
        &self,
        view: &View,
        port: PortId,
        now: Timestamp,
    ) -> Result<Option<(Arc<Decision>, Explanation)>, Unexplained> {
        let Some(decision) = view.present(port, now).map(Arc::new) else { return Ok(None) };
        let (rules, station) = (Arc::clone(&view.rules), Arc::clone(&view.station));
        let asked = Arc::clone(&decision);
        let explanation = self.glance(move || explain(&rules, &station, &asked)).await?;
        Ok(Some((decision, explanation)))
    }

    /// The opinions that a decision overruled, by the version that decided.
    pub async fn overruled(&self, decision: Arc<Decision>) -> Result<Vec<Opinion>, Unexplained> {
        let plan = self.plan_of(&decision.version).await?;
        let station = plan.stations.get(&decision.station).cloned();
        let station = station.ok_or_else(|| Unexplained::NoStation(decision.station.clone()))?;
        Ok(self.glance(move || trial::overruled(&plan.rules, &station, &decision)).await?)
    }
}

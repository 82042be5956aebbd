//! The words of the project as types that cannot be wrong (glossary: ARCHITECTURE.md).
//!
//! Pure: values only. No clock, no files, no tasks, no wire formats beyond the serde form that
//! history keeps. Everything is checked when it is made, so nobody checks again further in.

mod adjustment;
mod battery;
mod budget;
mod calendar;
mod charging;
mod deadline;
mod decision;
mod diagnostic;
mod event;
mod facts;
mod fault;
mod hub;
mod learned;
#[cfg(test)]
mod learned_tests;
mod length;
mod memory;
mod mode;
mod names;
mod origin;
mod pace;
mod record;
mod report_plan;
mod safekeeping;
mod safety;
mod shadow;
mod shown;
mod socket;
mod station;
mod switching;
mod tally;
mod versions;
mod wish;

pub use adjustment::{Adjustment, Adjustments};
pub(crate) use battery::words;
pub use battery::{Battery, BatteryReport, Celsius, Level, ReportRejected};
pub use budget::{Budget, Circuit, Draw, Limit};
pub use calendar::{CalendarEvent, CivilMoment, Recurrence, Rhythm};
pub(crate) use calendar::{bit as weekday_bit, instant};
pub use charging::{Session, Stretch};
pub use deadline::{Deadline, DeadlinePlan, Due, Planned, Told};
pub use decision::{Decision, DecisionId, Layer, Opinion, RuleFailure, Verdict, Version};
pub use diagnostic::{ConfigState, Diagnostic, Loaded, Rejected, Severity};
pub use event::{Event, EventKind};
pub use facts::{DeadlineFacts, DeviceFacts, Facts, HistoryFacts, PortFacts, Signal, Spells, StationFacts};
pub use fault::{Alarm, Fault, FaultKind, Unwell};
pub use hub::{ChipId, ChipPath, ChipSocket, HubModel, HubPlan, InvalidChip, Reach};
pub use learned::{Estimate, Learned, LearnedBand};
pub use length::{Lengths, length};
pub use memory::{Bound, PortMemory, Probe, ProbeFor, StationMemory, Stay, Steady};
pub use mode::{Author, Mode, ModeEnd, ModeKind, ModeScope};
pub use names::{DeviceName, InvalidName, ModelName, PortId, RuleName, SignalName, StationName};
pub use origin::{Origin, Source};
pub use pace::{BANDS, Paces, TAPER_FROM, TAPER_TO};
pub use record::{Kept, Record};
pub use report_plan::{Degrees, Pointer, ReportFields, ReportForm, ReportPlan, TopicFilter};
pub use safekeeping::{Doubt, Hot, Safekeeping, Silence, SilenceStage, Wish};
pub use safety::{Safeguard, Safety};
pub use shadow::{ShadowDecision, ShadowEnd, ShadowEntry, ShadowId, ShadowSide, ShadowTallies, ShadowTally};
pub use shown::{EventShown, KindShown, ModeShown};
pub use socket::{HubLocation, InvalidSocket, Socket};
pub use station::{Care, OnExit, Policy, PortPlan, RuleUse, SignalPlan, Station, SwitchKind, Value};
pub use switching::{Ask, Order, OrderId, Plugged, Power, Seen, SwitchProblem, SwitchRequest, Thing};
pub use tally::{Calls, Counts, Driver, Purpose, Tally};
pub use versions::{FileKind, KeptVersion, Taken, VersionFile};
pub use wish::{MODE_LENGTHS, ModeWish, Until, WrongMode};

/// A moment on the world's time line; what people see is made from it and the station's zone.
pub type Timestamp = jiff::Timestamp;
/// A length of time.
pub type Span = jiff::SignedDuration;

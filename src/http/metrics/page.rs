//! Calls to hubs, stations and ports, and the page that all numbers are on.

use std::fmt;

use poem::{IntoResponse, Response};
use poem_openapi::{
    ApiResponse,
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, NoLabelSet, text},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry,
};

use super::{
    super::{answers, dto, problem::Problem},
    devices,
    service::Around,
};
use crate::{
    controller::{PortState, View},
    model::{Calls, Counts, FaultKind, Tally},
};

/// What Prometheus, and whoever speaks its language, expects of a page of numbers.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted, at one moment.
#[derive(Debug)]
pub(in crate::http) struct Picture {
    /// The calls to hubs of this host.
    pub(in crate::http) tally: Tally,
    /// The stations.
    pub(in crate::http) views: Vec<View>,
    /// Everything else.
    pub(in crate::http) around: Around,
}

/// A page of numbers.
pub(in crate::http) struct Exposition(String);

impl Exposition {
    /// Writes the page.
    pub(in crate::http) fn new(picture: Picture) -> Result<Self, Problem> {
        let mut registry = registry::Registry::default();
        registry.register_collector(Box::new(picture));
        let mut page = String::new();
        text::encode(&mut page, &registry).map_err(|error| {
            tracing::error!(%error, "the metrics could not be written");
            answers::internal()
        })?;
        Ok(Self(page))
    }
}

impl Collector for Picture {
    fn encode(&self, mut page: DescriptorEncoder<'_>) -> fmt::Result {
        self.calls(&mut page)?;
        self.counts(&mut page)?;
        self.stations(&mut page)?;
        self.ports(&mut page)?;
        devices::write(&self.views, &mut page)?;
        self.around.write(&mut page)
    }
}

/// A counter of a station: its name without `_total`, what it counts, and where it stands.
type Counted = (&'static str, &'static str, fn(&Counts) -> u64);

const COUNTED: [Counted; 6] = [
    ("scs_switches_verified", "Orders after which the hub showed what was ordered", |counts| counts.verified),
    ("scs_switches_failed", "Orders after which it did not", |counts| counts.failed),
    ("scs_drifts", "Ports that somebody else had switched", |counts| counts.drifted),
    ("scs_power_leaks", "Ports that went on charging although they were off", |counts| counts.leaked),
    ("scs_not_charging", "Ports whose device did not charge although they were on", |counts| {
        counts.not_charging
    }),
    ("scs_alarms", "Ports that were given up until something changed", |counts| counts.alarms),
];

/// A number of a station now: its name, what it is, and how a port adds to it.
type Now = (&'static str, &'static str, fn(&PortState) -> bool);

const NOW: [Now; 4] = [
    ("scs_ports", "Ports of the station", |_| true),
    ("scs_ports_on", "Ports that have power, those that leak it included", PortState::has_power),
    ("scs_ports_unknown", "Ports whose power is not known", |port| port.actual.is_none()),
    ("scs_devices_online", "Devices that have reported and are not silent", PortState::is_online),
];

/// A number of a port, 1 or 0: its name, what it means, and when it is 1.
const OF_PORT: [Now; 5] = [
    ("scs_port_alarm", "1 while the port is given up", |port| port.alarm.is_some()),
    ("scs_port_problem", "1 while the port cannot be switched or read", |port| port.problem.is_some()),
    ("scs_port_power_leak", "1 while the port is off and its device goes on charging", |port| {
        has(port, FaultKind::PowerLeak)
    }),
    ("scs_port_not_charging", "1 while the port is on and its device does not charge", |port| {
        has(port, FaultKind::NotCharging)
    }),
    ("scs_port_unwell", "1 while the port is on and its device has not gained for two hours", |port| {
        port.unwell.is_some()
    }),
];

fn has(port: &PortState, kind: FaultKind) -> bool {
    port.fault.as_ref().is_some_and(|fault| fault.kind == kind)
}

impl Picture {
    fn calls(&self, page: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Calls to hubs by their end: done, failed, or too_long and so ended";
        let mut family = page.encode_descriptor("scs_usb_calls", help, None, MetricType::Counter)?;
        for ((driver, purpose), calls) in &self.tally {
            let failed = calls.failed.saturating_sub(calls.too_long);
            for (result, count) in [("done", calls.done), ("failed", failed), ("too_long", calls.too_long)] {
                let labels = [("driver", driver.as_str()), ("purpose", purpose.as_str()), ("result", result)];
                counter(count, &labels, &mut family)?;
            }
        }
        let help = "Seconds that calls to hubs took";
        let mut family = page.encode_descriptor("scs_usb_call_seconds", help, None, MetricType::Histogram)?;
        for ((driver, purpose), calls) in &self.tally {
            let labels = [("driver", driver.as_str()), ("purpose", purpose.as_str())];
            let count = calls.done.saturating_add(calls.failed);
            family.encode_family(&labels)?.encode_histogram::<NoLabelSet>(
                calls.seconds,
                count,
                &buckets(calls, count),
                None,
            )?;
        }
        Ok(())
    }

    fn counts(&self, page: &mut DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, count) in COUNTED {
            let mut family = page.encode_descriptor(name, help, None, MetricType::Counter)?;
            for view in &self.views {
                counter(count(&view.counts), &[("station", view.station.name.as_str())], &mut family)?;
            }
        }
        Ok(())
    }

    fn stations(&self, page: &mut DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, counts) in NOW {
            let mut family = page.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for view in &self.views {
                let number = view.ports.values().filter(|port| counts(port)).count();
                let labels = [("station", view.station.name.as_str())];
                gauge(u64::try_from(number).unwrap_or(u64::MAX), &labels, &mut family)?;
            }
        }
        let help = "Devices that report and are in no port as far as anybody knows";
        let mut family = page.encode_descriptor("scs_devices_unplaced", help, None, MetricType::Gauge)?;
        for view in &self.views {
            let number = dto::unplaced(view, &self.views).count();
            gauge(
                u64::try_from(number).unwrap_or(u64::MAX),
                &[("station", view.station.name.as_str())],
                &mut family,
            )?;
        }
        Ok(())
    }

    fn ports(&self, page: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "1 while the port has power, 0 while it has none; not there while it is not known";
        let mut family = page.encode_descriptor("scs_port_on", help, None, MetricType::Gauge)?;
        for view in &self.views {
            for (id, port) in view.ports.iter().filter(|(_, port)| port.actual.is_some()) {
                let number = id.to_string();
                let labels = [("station", view.station.name.as_str()), ("port", number.as_str())];
                gauge(u64::from(port.has_power()), &labels, &mut family)?;
            }
        }
        for (name, help, is_so) in OF_PORT {
            let mut family = page.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for view in &self.views {
                for (id, port) in &view.ports {
                    let number = id.to_string();
                    let labels = [("station", view.station.name.as_str()), ("port", number.as_str())];
                    gauge(u64::from(is_so(port)), &labels, &mut family)?;
                }
            }
        }
        Ok(())
    }
}

pub(super) type Family<'a> = prometheus_client::encoding::MetricEncoder<'a>;

pub(super) fn counter(count: u64, labels: &impl EncodeLabelSet, family: &mut Family<'_>) -> fmt::Result {
    ConstCounter::new(count).encode(family.encode_family(labels)?)
}

pub(super) fn gauge(number: u64, labels: &impl EncodeLabelSet, family: &mut Family<'_>) -> fmt::Result {
    ConstGauge::new(number).encode(family.encode_family(labels)?)
}

/// Each bucket with what is in it alone: here they count the ones before too, and the encoder adds them up again.
fn buckets(calls: &Calls, count: u64) -> Vec<(f64, u64)> {
    let ends = Calls::BOUNDS.into_iter().chain([f64::INFINITY]);
    let mut before = 0;
    ends.zip(calls.buckets.into_iter().chain([count]))
        .map(|(end, total)| {
            let alone = total.saturating_sub(before);
            before = total;
            (end, alone)
        })
        .collect()
}

impl IntoResponse for Exposition {
    fn into_response(self) -> Response {
        Response::builder().content_type(OPEN_METRICS).body(self.0)
    }
}

impl ApiResponse for Exposition {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "OpenMetrics text.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: OPEN_METRICS,
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_: &mut Registry) {}
}

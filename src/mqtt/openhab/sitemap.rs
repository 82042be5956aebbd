//! The sitemap: a page for openHAB's Basic UI and for its apps.

use std::fmt::Write as _;

use super::{
    dsl::{head, quoted},
    names::{Names, label, port_label},
};
use crate::model::{PortPlan, Station};

const STATION_MODES: &str = "AUTO=\"Auto\", ON=\"All on\", OFF=\"All off\"";
const MODES: &str = "AUTO=\"Auto\", ON=\"On\", OFF=\"Off\", ONCE=\"Once\", HOLD=\"Hold\"";
const COLOURS: &str = "<=20=\"red\", <=40=\"orange\", >40=\"green\"";

/// The file of the page: the station above, below it a line for each port that opens a page of its own.
pub fn sitemap(station: &Station) -> String {
    let names = Names::of(&station.name);
    let (item, group) = (names.item(), names.group());
    let mut out = head("sitemap", station, &names);
    let _ = write!(
        out,
        "\nsitemap {} label={} {{\n    Frame label=\"Station\" {{\n",
        names.station(),
        quoted(&label(&station.title))
    );
    for line in [
        format!("Switch item={item}_Mode label=\"Mode\" mappings=[{STATION_MODES}]"),
        format!("Text item={group}_Power label=\"Ports on [%d]\""),
        format!("Text item={group}_Battery label=\"Lowest battery [%.0f %%]\" valuecolor=[{COLOURS}]"),
        format!("Text item={group}_Fault label=\"Faults [%d]\" visibility=[{group}_Fault==ON]"),
        format!("Text item={item}_Online label=\"Service [%s]\" labelcolor=[OFF=\"red\"]"),
        format!("Text item={item}_Started"),
    ] {
        let _ = writeln!(out, "        {line}");
    }
    out.push_str("    }\n    Frame label=\"Ports\" {\n");
    for port in station.ports.values() {
        out.push_str(&page(port, &names.port_item(port.id)));
    }
    out.push_str("    }\n}\n");
    out
}

/// The line of a port and what opens behind it. A level of a device that has fallen silent is grey: it is old.
fn page(port: &PortPlan, item: &str) -> String {
    let name = port_label(port);
    let mut out = format!(
        "        Text item={item}_Battery label={} icon=\"battery\" labelcolor=[{item}_Fault==ON=\"red\"] \
         valuecolor=[{item}_Reporting==OFF=\"gray\", {COLOURS}] {{\n",
        quoted(&format!("{name} [%.0f %%]"))
    );
    let now = [
        format!("Switch item={item}_Mode label=\"Mode\" mappings=[{MODES}]"),
        format!("Switch item={item}_Power label=\"Power\""),
        format!("Text item={item}_Charging"),
        format!("Text item={item}_Battery"),
        format!("Text item={item}_Temperature"),
        format!("Text item={item}_Reason"),
        format!("Text item={item}_LastReport"),
        format!("Text item={item}_Reporting"),
    ];
    let settings = [
        format!("Input item={item}_Device label=\"Device [%s]\" inputHint=\"text\""),
        // Ports whose rules know no levels have nothing to set here.
        format!(
            "Setpoint item={item}_MinLevel minValue=0 maxValue=95 step=5 visibility=[{item}_MinLevel!=NULL]"
        ),
        format!(
            "Setpoint item={item}_MaxLevel minValue=5 maxValue=100 step=5 visibility=[{item}_MaxLevel!=NULL]"
        ),
        format!("Switch item={item}_Cycle label=\"Power cycle\" mappings=[PRESS=\"Cycle\"]"),
        format!("Text item={item}_Fault label=\"Fault [%s]\" visibility=[{item}_Fault==ON]"),
    ];
    for (frame, lines) in [(name.as_str(), now.as_slice()), ("Settings", settings.as_slice())] {
        let _ = writeln!(out, "            Frame label={} {{", quoted(frame));
        for line in lines {
            let _ = writeln!(out, "                {line}");
        }
        out.push_str("            }\n");
    }
    out.push_str("        }\n");
    out
}

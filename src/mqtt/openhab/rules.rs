//! Rules for openHAB to begin with.

use super::names::Names;
use crate::model::Station;

/// The file of rules: surplus power, and a word in the log about a fault.
pub fn rules(station: &Station) -> String {
    let names = Names::of(&station.name);
    let (item, group, id) = (names.item(), names.group(), names.station());
    format!(
        r#"// $OPENHAB_CONF/rules/{id}.rules   (openHAB 4 and 5; write the names of your own items into it)
// Made by `scs openhab rules --station {name}`. State topics never command, so nothing here can go in circles.

// The rules of the station charge while the sun gives more than is used. PV_Surplus is your own item, in watts. The station
// is switched off for an hour at a time: should openHAB end, the station goes back to its own rules by itself. The
// modes that people set at the station (ON, ONCE, HOLD) are left alone, and batteries below the floor are charged always.
rule "{id}: charge on surplus"
when
    Item PV_Surplus changed
then
    if (PV_Surplus.state == NULL || PV_Surplus.state == UNDEF) return;
    val watts = (PV_Surplus.state as Number).doubleValue
    val mode = {item}_Mode.state.toString
    if (watts > 300 && mode == "OFF") {item}_Mode.sendCommand("AUTO")
    if (watts < 0 && mode == "AUTO") {item}_Mode.sendCommand("OFF FOR 1 h")
end

rule "{id}: a fault is logged"
when
    Member of {group}_Fault changed to ON
then
    logWarn("charging", triggeringItem.name + ": look at the port and its cable")
end
"#,
        name = station.name
    )
}

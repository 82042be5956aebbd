"""What Home Assistant must make of a station: the table of docs/home-assistant.md as checks."""

import re

# Key: platform, device class, unit, category as Home Assistant's registry has it.
PORT = {
    "power": ("switch", "outlet", None, None),
    "mode": ("select", None, None, None),
    "battery": ("sensor", "battery", "%", None),
    "charging": ("binary_sensor", "battery_charging", None, None),
    "temperature": ("sensor", "temperature", "°C", "diagnostic"),
    "min_level": ("number", None, "%", "config"),
    "max_level": ("number", None, "%", "config"),
    "device": ("text", None, None, "config"),
    "cycle": ("button", "restart", None, "config"),
    "reason": ("sensor", None, None, "diagnostic"),
    "last_report": ("sensor", "timestamp", None, "diagnostic"),
    "reporting": ("binary_sensor", "connectivity", None, "diagnostic"),
    "fault": ("binary_sensor", "problem", None, "diagnostic"),
}
STATION = {
    "connection": ("binary_sensor", "connectivity", None, "diagnostic"),
    "mode": ("select", None, None, None),
    "ports_on": ("sensor", None, None, None),
    "started": ("sensor", "timestamp", None, "diagnostic"),
}
# `sc_5f3a9c_desk_p03_battery`, and for the station itself `sc_5f3a9c_desk_mode`.
OF_PORT = re.compile(r"^(?P<id>sc_[0-9a-z]+)_(?P<station>.+)_p(?P<port>\d\d+)_(?P<key>[a-z_]+)$")
OF_STATION = re.compile(rf"^(?P<id>sc_[0-9a-z]+)_(?P<station>.+)_(?P<key>{'|'.join(STATION)})$")


def place(unique_id):
    """Which station, port (0: the station itself) and key a unique id means; None for what is not ours."""
    found = OF_PORT.match(unique_id)
    if found:
        return found["station"], int(found["port"]), found["key"]
    found = OF_STATION.match(unique_id)
    return (found["station"], 0, found["key"]) if found else None


def ids(hass):
    """All that is ours: entity ids by station, port and key."""
    return {place(entry["unique_id"]): entry["entity_id"] for entry in hass.entities() if place(entry["unique_id"])}


def wanted(stations):
    """All places that the stations must have; `stations` names their ports."""
    return ({(station, 0, key) for station in stations for key in STATION} |
            {(station, port, key) for station, ports in stations.items() for port in ports for key in PORT})


class Entities:
    """Checks that look at what is there, before anybody touches anything."""

    def __init__(self, table, hass, stations):
        self.table, self.hass, self.stations = table, hass, stations

    def run(self):
        self.table.comes_true("every entity is there, and no other", wanted(self.stations), lambda: set(ids(self.hass)), 60)
        self.registry()
        self.devices()
        self.faces()

    def registry(self):
        """Platform, class and category, as the registry has them."""
        wrong = {}
        for entry in self.hass.entities():
            spot = place(entry["unique_id"])
            if spot is None:
                wrong[entry["unique_id"]] = "a unique id that is not ours"
                continue
            platform, _, _, category = (PORT if spot[1] else STATION)[spot[2]]
            seen = entry["entity_id"].split(".")[0], entry["entity_category"]
            if seen != (platform, category):
                wrong[entry["entity_id"]] = seen
        self.table.check("platforms and categories are right", {}, wrong)

    def faces(self):
        """Class and unit, as a state shows them; an entity that is switched off has no state."""
        wrong = {}
        for (station, port, key), entity in ids(self.hass).items():
            _, kind, unit, _ = (PORT if port else STATION)[key]
            seen = self.hass.attributes(entity)
            if self.hass.state(entity) is not None and (seen.get("device_class"), seen.get("unit_of_measurement")) != (kind, unit):
                wrong[entity] = seen
        self.table.check("classes and units are right", {}, wrong)
        [number] = [entity for place, entity in ids(self.hass).items() if place == ("desk", 1, "min_level")]
        seen = self.hass.attributes(number)
        self.table.check("levels have their range", (0, 100, 1), tuple(seen.get(key) for key in ("min", "max", "step")))

    def devices(self):
        """One device a station and one a port, the ports below their station."""
        devices = self.hass.devices()
        count = len(self.stations) + sum(len(ports) for ports in self.stations.values())
        self.table.check("one device a station and one a port", count, len(devices))
        by_registry = {device["id"]: identifier for identifier, device in devices.items()}
        parents = {identifier: by_registry.get(device["via_device_id"]) for identifier, device in devices.items()}
        ports = {identifier: parent for identifier, parent in parents.items() if re.search(r"_p\d+$", identifier)}
        self.table.check("a port's device belongs to its station",
                         {identifier: re.sub(r"_p\d+$", "", identifier) for identifier in ports}, ports)
        named = {device["name"] for device in devices.values()}
        self.table.check("the station carries its title", True, "Charging Station" in named)

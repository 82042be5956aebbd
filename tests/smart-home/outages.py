"""What is shown when one of them is silent, is gone, or comes back: nothing may lie."""

from entities import ids, place
from processes import wait_for

# The broker misses a client after one and a half keep-alives, at most; Home Assistant asks again within a minute.
BACK_SECONDS = 90
# A birth is answered after 1 to 5 s.
BIRTH_SECONDS = 15
UNKNOWN = {"unavailable", "unknown", None}


class Outages:
    def __init__(self, table, home):
        self.table, self.home = table, home

    def run(self):
        self.a_device_falls_silent()
        self.the_service_dies()
        self.the_service_stops_and_starts()
        self.the_broker_restarts()
        self.mqtt_is_loaded_anew()
        self.home_assistant_restarts()
        self.the_host_gets_another_name()

    def shows(self, what, expected, key, port=1, station="desk", seconds=BACK_SECONDS):
        entity = self.home.entity(key, port, station)
        return self.table.comes_true(what, expected, lambda: self.home.hass.state(entity), seconds)

    def a_device_falls_silent(self):
        self.home.report("bike-computer", "smartcharger/shed", level=44)
        self.shows("a device that reports has a battery", "44", "battery", station="shed")
        self.shows("a silent device's battery is unavailable", "unavailable", "battery", station="shed")
        self.shows("and `reporting` says so", "off", "reporting", station="shed")
        self.table.check("its port is still there", True, self.home.shows("power", station="shed") in ("on", "off"))

    def everything_is_gone(self, what):
        """Ports are not available; only the connection is, and says that there is none."""
        self.shows(f"{what}: the switch is unavailable", "unavailable", "power", seconds=30)
        self.shows(f"{what}: the connection is off", "off", "connection", 0, seconds=30)
        shown = {entity: self.home.hass.state(entity) for (_, _, key), entity in ids(self.home.hass).items()
                 if key != "connection"}
        self.table.check(f"{what}: nothing shows a value", {}, {e: s for e, s in shown.items() if s not in UNKNOWN})

    def everything_is_back(self, what, before, seconds=BACK_SECONDS):
        self.shows(f"{what}: the connection is on", "on", "connection", 0, seconds=seconds)
        after = wait_for(seconds, self.snapshot, lambda seen: seen == before)
        self.table.check(f"{what}: every value is back and right", {}, {
            entity: (before.get(entity), after.get(entity))
            for entity in before.keys() | after.keys() if before.get(entity) != after.get(entity)})

    def snapshot(self):
        """All values that an outage does not change."""
        return {entity: self.home.hass.state(entity) for (station, _, key), entity in ids(self.home.hass).items()
                if key not in ("started", "cycle", "reason") and station == "desk"}

    def the_service_dies(self):
        before = self.snapshot()
        self.home.service.kill()
        self.everything_is_gone("a service that dies")
        self.home.service.start()
        self.everything_is_back("a service that lives again", before)

    def the_service_stops_and_starts(self):
        before = self.snapshot()
        self.home.service.stop()
        self.table.check("a service that stops says offline itself", "offline", self.home.bus.hears(5, "smartcharger/status", "offline"))
        self.everything_is_gone("a service that is stopped")
        self.home.service.start()
        self.everything_is_back("a service that is started", before)

    def the_broker_restarts(self):
        before = self.snapshot()
        self.home.broker.stop()
        self.shows("without a broker nothing is available", "unavailable", "power")
        self.home.broker.start()
        self.everything_is_back("a broker that forgot everything", before)
        self.home.bus.wait_until_listening()

    def mqtt_is_loaded_anew(self):
        before = self.snapshot()
        self.table.check("MQTT of Home Assistant is loaded anew", 200, self.home.hass.reload_mqtt())
        self.everything_is_back("after that", before)

    def home_assistant_restarts(self):
        before, names, mark = self.snapshot(), ids(self.home.hass), self.home.bus.mark()
        self.home.hass.restart()
        self.everything_is_back("a Home Assistant that restarts", before)
        self.table.check("entity ids are as before", names, ids(self.home.hass))
        self.shows("a silent device's old level is not shown as new", "unavailable", "battery", station="shed")
        self.birth_is_answered(mark)

    def birth_is_answered(self, mark):
        """Discovery, states, status, in this order, once."""
        self.table.comes_true("Home Assistant says that it was born", True,
                              lambda: ("homeassistant/status", "online") in self.home.bus.since(mark), BACK_SECONDS)
        born = mark + self.home.bus.since(mark).index(("homeassistant/status", "online"))
        done = lambda: ("smartcharger/status", "online") in self.home.bus.since(born)
        self.table.comes_true("its birth is answered with the status", True, done, BIRTH_SECONDS)
        said = [topic for topic, _ in self.home.bus.since(born)]
        found = [next((n for n, topic in enumerate(said) if wanted(topic)), None) for wanted in (
            lambda topic: topic.endswith("/config"),
            lambda topic: topic == "smartcharger/port/1/state",
            lambda topic: topic == "smartcharger/status")]
        self.table.check("discovery comes first, then states, then the status", True,
                         None not in found and found == sorted(found))
        said = [topic for topic, _ in self.home.bus.since(born, "/config")]
        self.table.check("each message of discovery comes once", sorted(set(said)), sorted(said))

    def the_host_gets_another_name(self):
        names = {entry["unique_id"] for entry in self.home.hass.entities() if place(entry["unique_id"])}
        mark = self.home.bus.mark()
        self.home.service.stop()
        self.home.service.host = "another-host"
        self.home.service.start()
        self.shows("a service on a host of another name is the same", "on", "connection", 0)
        again = {entry["unique_id"] for entry in self.home.hass.entities()}
        self.table.check("unique ids do not know the host", names, again)
        emptied = [topic for topic, said in self.home.bus.since(mark, "/config") if not said]
        self.table.check("nothing was announced under another id", [], emptied)

"""A smart home with two stations: all its programs, and short ways to look at them."""

import json
import re
import shutil

import documentation
from bus import Bus
from entities import ids
from hass import HomeAssistant
from processes import ROOT, Broker, Service

DESK = """(
    title: "Charging Station",
    zone: "Europe/Berlin",
    topic: "smartcharger",
    switch: Simulated(),
    min_hold: "1 s",
    rules: [(rule: "keep-between")],
    ports: {
        1: (device: "pixel-7"),
        2: (device: "old-tablet", kind: "tablet"),
        3: (device: "phone-3"),
    },
)
"""
SHED = """(
    title: "Bike shed",
    zone: "Europe/Berlin",
    topic: "smartcharger/shed",
    switch: Simulated(),
    min_hold: "1 s",
    // The shortest there is: here a device falls silent before our eyes.
    silent_after: "1 min",
    rules: [(rule: "keep-between")],
    ports: {1: (device: "bike-computer")},
)
"""
# Where the desk's topics move to.
MOVED = "smartcharger/moved"
PORTS = {"desk": [1, 2, 3], "shed": [1]}


class Home:
    """mosquitto, the service and Home Assistant, in a folder that is new each time."""

    def __init__(self, folder, program, form, dashboard="views: []\n", automations="[]\n"):
        shutil.rmtree(folder, ignore_errors=True)
        self.form = form
        self.broker = Broker(folder, documentation.access_list("smartcharger/shed", MOVED))
        self.service = Service(folder, program, self.broker, form)
        self.hass = HomeAssistant(folder / f"hass-{form}", dashboard, automations)
        (folder / "stations").mkdir()
        self.write("desk", DESK)
        self.write("shed", SHED)
        shutil.copytree(ROOT / "rules", folder / "rules")
        self.bus = None

    def write(self, station, text):
        (self.service.folder / "stations" / f"{station}.ron").write_text(text)

    def remove(self, station):
        (self.service.folder / "stations" / f"{station}.ron").unlink()

    def without_port(self, number):
        """The desk's file without one of its ports."""
        return re.sub(rf"^ *{number}: .*\n", "", DESK, flags=re.MULTILINE)

    def start(self):
        self.broker.start()
        self.bus = Bus(self.broker)
        self.hass.start()
        self.hass.onboard()
        self.hass.add_broker(self.broker)
        self.service.start()

    def stop(self):
        for program in (self.service, self.hass, self.broker):
            program.stop()
        if self.bus:
            self.bus.close()

    def entity(self, key, port=1, station="desk"):
        """The entity id that Home Assistant has given."""
        return ids(self.hass).get((station, port, key), f"missing.{station}_{port}_{key}")

    def shows(self, key, port=1, station="desk"):
        """The state of an entity in Home Assistant."""
        return self.hass.state(self.entity(key, port, station))

    def report(self, device, root="smartcharger", **fields):
        self.bus.say(f"{root}/report/{device}", json.dumps(fields))

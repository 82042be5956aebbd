"""How long sixteen ports take, by each way of switching, in the same run on the same hub."""

import json
import re
from datetime import datetime

from machine import wait_for
from steps import ALL_ON, Steps

PORTS = range(1, 17)
SIXTEEN_OFF = {(hub, port) for hub, ports in
               {"5-2": (1, 2), "5-2.3": (1, 2), "5-2.4": (1, 2, 3, 4), "5-2.3.3": (1, 2, 3, 4),
                "5-2.3.4": (1, 2, 3, 4)}.items() for port in ports}
SIXTEEN_SECONDS = 150
# A guard with another limit: sixteen phones are too warm at once, and then are not.
WARM = 40
TOO_WARM = 's/("too_hot", 42.0)/("too_hot", 38.0)/'
NOT_TOO_WARM = 's/("too_hot", 38.0)/("too_hot", 42.0)/; s/("cool", 36.0)/("cool", 41.0)/'
AS_IT_WAS = 's/("cool", 41.0)/("cool", 36.0)/'


class Speed:
    """Makes sixteen ports go off at once, and on again; prints how long that took by the service's own events."""

    taken = {}

    def __init__(self, steps: Steps):
        self.steps = steps

    def measure(self, driver):
        print(f"--- speed, with {driver}", flush=True)
        self.driver = driver
        self.steps.play([self.sixteen_ports_in_one_direction])

    def calls(self):
        return self.steps.metric("scs_usb_call_seconds_count", purpose="switch",
                                 driver=self.driver.removesuffix("()").lower())

    def reading(self):
        """Seconds that a reading of all ports took on average, by the service's own metrics."""
        which = {"purpose": "read", "driver": self.driver.removesuffix("()").lower()}
        return (self.steps.metric("scs_usb_call_seconds_sum", **which)
                / max(1, self.steps.metric("scs_usb_call_seconds_count", **which)))

    def lines(self):
        text = self.steps.machine.run("cat /srv/events")
        return [json.loads(line) for line in re.findall(r"^data: ?(\{.*\})$", text, re.MULTILINE)]

    def switch_all(self, edit, expected):
        """Edits the guard; gives the seconds from the new files to the last port, and the calls."""
        known, calls = len(self.lines()), self.calls()
        self.steps.edit("a guard is edited", edit, "rules/cool-down.rhai")
        self.steps.hub_shows(f"sixteen ports are switched by {self.driver}", expected, SIXTEEN_SECONDS)

        def switched():
            return [line for line in self.lines()[known:] if line.get("code") == "switched"]
        wait_for(SIXTEEN_SECONDS, lambda: len(switched()) >= len(PORTS))
        news = self.lines()[known:]
        began = next(line["at"] for line in news if line.get("code") == "config_loaded")
        moment = datetime.fromisoformat
        seconds = (max(moment(line["at"]) for line in switched()) - moment(began)).total_seconds()
        return seconds, self.calls() - calls

    def sixteen_ports_in_one_direction(self):
        for port in PORTS:
            self.steps.report(15, station="desk", port=port, temperature=WARM)
        self.steps.hub_shows("every port is on", ALL_ON, SIXTEEN_SECONDS)
        off, calls = self.switch_all(TOO_WARM, SIXTEEN_OFF)
        on, _ = self.switch_all(NOT_TOO_WARM, ALL_ON)
        self.taken[self.driver] = off, on, self.reading()
        print(f"        off in {off:.2f} s by {calls:.0f} calls, on in {on:.2f} s, read in {self.reading():.3f} s",
              flush=True)
        self.steps.step("a call for each hub", 5, calls)
        for port in PORTS:
            self.steps.report(15, station="desk", port=port, temperature=25)
        self.steps.edit("and is as it was", AS_IT_WAS, "rules/cool-down.rhai")
        if len(self.taken) == 2:
            ratios = [slow / fast for slow, fast in zip(self.taken["Uhubctl()"], self.taken["Sysfs()"])]
            print(f"        Sysfs() is {ratios[0]:.1f} times as fast off, {ratios[1]:.1f} times on, "
                  f"{ratios[2]:.0f} times to read", flush=True)

#!/usr/bin/env python3
"""The whole service on a real kernel, a real uhubctl and a hub that switches, with reports sent from outside.

Usage: scenario.py [PROGRAM], default target/debug/scs. Ends with 1 when a step failed. Logs are kept in target/rig/.
What the hub did is never asked of the service: it is read from the guest's kernel and from the hubs' own trace.
"""

import re
import sys
from pathlib import Path

import initramfs
from commands import Commands
from machine import DAISY_CHAIN, HUBS, Machine
from plugging import Plugging
from speed import Speed
from steps import (ALL_ON, HOLD_SECONDS, ONLY_TEN_OFF, POLL_SECONDS, RELOAD_SECONDS, SOCKET, SWITCH_SECONDS, Steps)


class Scenario(Steps):
    """What the service is for, by each of its two ways of switching."""

    def run(self):
        self.play([self.the_machine_is_right, self.reports_switch_exactly_one_port, self.a_manual_mode_holds,
                   self.an_edited_rule_decides, self.a_stranger_s_hand_is_noticed_and_mended,
                   self.nothing_else_was_touched])
        Plugging(self).run("Uhubctl()")
        Commands(self).run()
        Speed(self).measure("Uhubctl()")
        self.play([self.the_kernel_s_own_files_switch, self.a_stranger_s_hand_is_noticed_and_mended])
        Plugging(self).run("Sysfs()")
        Speed(self).measure("Sysfs()")
        self.play([self.a_stop_leaves_the_ports_on, self.the_daisy_chain_was_never_touched])

    def the_machine_is_right(self):
        listing = self.machine.run("uhubctl")
        self.step("uhubctl finds the five hubs of the RSH-A16", HUBS, sorted(
            re.findall(r"^Current status for hub (\S+) .*, ppps\]", listing, re.MULTILINE), key=HUBS.index))
        self.step("every socket has power", ALL_ON, self.machine.sockets_off())
        for name, path in [("phone1", "2.1"), ("phone9", "2.3.4.1"), ("phone10", "2.3.4.2")]:
            self.machine.plug(name, path)
        serial = "/sys/bus/usb/devices/5-2.3.4.2/serial"
        self.comes_true("the phone in port 10 is there", "PHONE10", 2 * SWITCH_SECONDS,
                        lambda: self.machine.door(f"cat {serial}")[1])
        self.comes_true("the service is ready", 200, SWITCH_SECONDS, lambda: self.api("GET", "/health/ready")[0])
        # A listener to the event stream, inside so that it needs no thread here.
        self.machine.run("wget -q -O - http://127.0.0.1/api/v1/events >/srv/events 2>&1 </dev/null &")

    def reports_switch_exactly_one_port(self):
        self.step("a report of 85 % is answered with rest", "rest", self.report(85))
        self.hub_shows("exactly port 10 (5-2.3.4 port 2) goes off", ONLY_TEN_OFF)
        self.step("a report of 15 % is answered with charge", "charge", self.report(15))
        self.hub_shows("port 10 comes on again after the hold time", ALL_ON, HOLD_SECONDS + SWITCH_SECONDS)
        # From here on the hold time and the time between two readings would only be waited for.
        self.edit("an edited station file is taken", 's/min_hold: "[^"]*"/min_hold: "1 s", poll: "10 s"/', "stations/desk.ron")

    def a_manual_mode_holds(self):
        self.step("mode off is accepted", 200, self.mode("off"))
        self.hub_shows("mode off switches port 10 off", ONLY_TEN_OFF)
        self.report(15)
        self.hub_keeps("mode off holds against a report of 15 %", ONLY_TEN_OFF)
        self.step("mode auto is accepted", 200, self.mode("auto"))
        self.hub_shows("mode auto gives port 10 back to the rules", ALL_ON)

    def an_edited_rule_decides(self):
        self.report(70)
        self.hub_keeps("70 % leaves port 10 on", ALL_ON)
        self.edit("an edited rule is taken", 's/param("high", 80)/param("high", 60)/', "rules/keep-between.rhai")
        self.step("a report of 70 % is now answered with rest", "rest", self.report(70))
        self.hub_shows("the edited rule switches port 10 off", ONLY_TEN_OFF)

    def a_stranger_s_hand_is_noticed_and_mended(self):
        hub, port = SOCKET
        status = self.machine.run(f"uhubctl -N -l {hub} -p {port} -a on").split("New status")[-1]
        self.step("uhubctl switches port 10 on behind the service's back", True, " power" in status)
        self.hub_shows("the service switches it off again", ONLY_TEN_OFF, POLL_SECONDS + SWITCH_SECONDS)
        self.comes_true("the event stream tells of the drift", True, SWITCH_SECONDS,
                        lambda: "drift" in self.machine.run("cat /srv/events"))

    def a_stop_leaves_the_ports_on(self):
        self.machine.run("killall -TERM scs")
        self.comes_true("the service ends cleanly", "rig: scs ended with 0", SWITCH_SECONDS,
                        lambda: self.machine.run("tail -n 1 /srv/scs.log"))
        self.hub_shows("it leaves every port on", ALL_ON)

    def the_kernel_s_own_files_switch(self):
        self.edit("Sysfs() is taken instead of Uhubctl()", "s/Uhubctl()/Sysfs()/", "stations/desk.ron")
        runs = lambda: self.metric("scs_usb_call_seconds_count", driver="uhubctl")
        # A last listing of the old driver may still be on its way.
        before = self.stands_still(runs)
        self.report(95)
        self.hub_shows("a report of 95 % switches exactly port 10 off", ONLY_TEN_OFF)
        self.report(15)
        self.hub_shows("a report of 15 % switches it on", ALL_ON)
        self.step("and uhubctl was not run for that", before, runs())
        self.report(95)
        self.hub_shows("a report of 95 % switches it off again", ONLY_TEN_OFF)

    def nothing_else_was_touched(self):
        self.step("no hub was ever told to cut another socket than port 10's", ONLY_TEN_OFF, self.machine.cut())
        self.step("the kernel never lost a hub", [], self.machine.hubs_lost())

    def the_daisy_chain_was_never_touched(self):
        self.step("the four daisy-chain sockets were never touched", set(), self.machine.cut() & DAISY_CHAIN)


def main():
    program = Path(sys.argv[1]) if len(sys.argv) > 1 else initramfs.REPOSITORY / "target/debug/scs"
    if not program.is_file():
        sys.exit(f"{program} is not there: build it with `cargo build`, or name the program to test")
    image, packed = initramfs.build(program, "run")
    with Machine(image, packed) as machine:
        scenario = Scenario(machine)
        scenario.run()
        if scenario.failed:
            print("--- the service's log\n" + machine.door("tail -n 60 /srv/scs.log")[1])
    print(f"{scenario.passed} passed, {scenario.failed} failed")
    sys.exit(1 if scenario.failed else 0)


if __name__ == "__main__":
    main()

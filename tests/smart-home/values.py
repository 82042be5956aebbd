"""What is shown, and what is said: states, attributes, and commands both ways."""

from datetime import datetime

MODES = ["AUTO", "ON", "OFF", "ONCE", "HOLD"]


class Values:
    def __init__(self, table, home):
        self.table, self.home = table, home

    def shows(self, what, expected, key, port=1, station="desk"):
        entity = self.home.entity(key, port, station)
        return self.table.comes_true(what, expected, lambda: self.home.hass.state(entity))

    def run(self):
        self.a_report_is_shown()
        self.the_station_is_shown()
        self.a_switch_is_a_wish_and_its_state_is_the_truth()
        self.levels_are_set_and_refused()
        self.a_name_is_given()
        self.a_port_is_cycled()
        self.the_whole_station_is_commanded()

    def a_report_is_shown(self):
        self.home.report("pixel-7", level=57, charging=True, temperature=31.5)
        for key, expected in [("battery", "57"), ("charging", "on"), ("temperature", "31.5"), ("reporting", "on"),
                              ("device", "pixel-7"), ("mode", "AUTO"), ("fault", "off")]:
            self.shows(f"{key} is shown", expected, key)
        self.shows("the lower level of the rule is shown", "20", "min_level")
        self.shows("the upper level of the rule is shown", "80", "max_level")
        self.table.comes_true("the time of the report is a time", True,
                              lambda: is_time(self.home.bus.last("smartcharger/port/1/last_report")))
        asleep = [entry["disabled_by"] for entry in self.home.hass.entities() if entry["entity_id"] == self.home.entity("last_report")]
        self.table.check("and its entity waits until somebody wants it", ["integration"], asleep)
        self.home.report("pixel-7", level=85)
        self.shows("a full phone's port is switched off", "off", "power")
        reason = self.home.entity("reason")
        self.table.comes_true("the reason is shown", True, lambda: "85% is at or over 80%" in (self.home.hass.state(reason) or ""))
        seen = self.home.hass.attributes(self.home.entity("power"))
        self.table.check("details are attributes of the switch", True, "decision" in str(seen))
        self.shows("a device that never reported has no battery", "unavailable", "battery", 2)
        self.table.check("its port can be switched all the same", "on", self.home.shows("power", 2))

    def the_station_is_shown(self):
        self.shows("the connection is shown", "on", "connection", 0)
        self.shows("the mode of the station is shown", "AUTO", "mode", 0)
        self.shows("ports with power are counted", "2", "ports_on", 0)
        self.table.check("the start is a time", True, is_time(self.home.shows("started", 0)))
        self.table.check("all modes can be chosen", MODES,
                         self.home.hass.attributes(self.home.entity("mode", 0)).get("options"))

    def a_switch_is_a_wish_and_its_state_is_the_truth(self):
        home, mark = self.home, self.home.bus.mark()
        self.table.check("turn_on is taken", 200, home.hass.act("switch.turn_on", home.entity("power")))
        self.shows("the port goes on", "on", "power")
        self.shows("and its mode says why", "ON", "mode")
        home.hass.act("switch.turn_on", home.entity("power"))
        self.table.comes_true("the same wish twice is answered twice", True,
                              lambda: len(home.bus.since(mark, "port/1/state")) >= 4)
        home.hass.act("select.select_option", home.entity("mode"), option="AUTO")
        self.shows("AUTO gives the port back", "AUTO", "mode")
        home.report("pixel-7", level=86)
        self.shows("and the rules decide again", "off", "power")
        home.bus.say("smartcharger/port/1/state/set", " on ")
        self.shows("who writes on the topic in small letters is understood", "on", "power")
        home.bus.say("smartcharger/port/1/mode/set", "AUTO")
        self.shows("mode/set of another is shown", "AUTO", "mode")
        echoes = [said for said in home.bus.since(mark, "/set") if said[1] == ""]
        self.table.check("commands are not cleared", [], echoes)

    def levels_are_set_and_refused(self):
        home = self.home
        home.hass.act("number.set_value", home.entity("min_level"), value=30)
        self.shows("the lower level is set", "30", "min_level")
        home.bus.say("smartcharger/port/1/maxlevel/set", " 90.0 % ")
        self.shows("openHAB's way to say a level is taken", "90", "max_level")
        home.report("pixel-7", level=85)
        self.shows("the rule obeys the new level", "30", "min_level")
        mark = home.bus.mark()
        home.hass.act("number.set_value", home.entity("min_level"), value=95)
        self.table.comes_true("a lower level over the upper one is refused", ["30"],
                              lambda: [said for _, said in home.bus.since(mark, "port/1/minlevel")
                                       if not said.startswith("95")][:1])
        self.shows("and the old one is shown", "30", "min_level")
        self.table.check("120 % cannot even be asked for", 400 <= home.hass.act(
            "number.set_value", home.entity("max_level"), value=120), True)
        home.bus.say("smartcharger/port/1/minlevel/set", "20")
        home.bus.say("smartcharger/port/1/maxlevel/set", "80")
        self.shows("the levels are as before", "80", "max_level")

    def a_name_is_given(self):
        home = self.home
        home.hass.act("text.set_value", home.entity("device", 3), value="Jörg's phone")
        self.shows("a name is given", "Jörg's phone", "device", 3)
        named = lambda: [device["name"] for identifier, device in home.hass.devices().items() if identifier.endswith("_desk_p03")]
        self.table.comes_true("and the port carries it", ["Charging Station port 3 (Jörg's phone)"], named)
        home.hass.act("text.set_value", home.entity("device", 3), value="phone-3")
        self.shows("and taken back", "phone-3", "device", 3)

    def a_port_is_cycled(self):
        home, mark = self.home, self.home.bus.mark()
        home.report("old-tablet", level=50)
        self.shows("the port is on before", "on", "power", 2)
        home.hass.act("button.press", home.entity("cycle", 2))
        self.table.comes_true("a pressed button takes the power away for a moment", ["OFF", "ON"],
                              lambda: [said for topic, said in home.bus.since(mark, "port/2/state")
                                       if not topic.endswith("/set")][-2:])
        self.shows("and the port is on after", "on", "power", 2)

    def the_whole_station_is_commanded(self):
        home = self.home
        home.hass.act("select.select_option", home.entity("mode", 0), option="OFF")
        self.shows("OFF for the station switches every port off", "0", "ports_on", 0)
        home.hass.act("select.select_option", home.entity("mode", 0), option="AUTO")
        self.shows("AUTO for the station gives all back", "AUTO", "mode", 0)
        home.bus.say("smartcharger/mode/set", "HOLD 60")
        self.shows("a mode of another is shown", "HOLD", "mode", 0)
        home.bus.say("smartcharger/mode/set", "AUTO")
        self.shows("and its end", "AUTO", "mode", 0)
        self.two_masters_fight()
        home.bus.say("smartcharger/port/2/mode/set", "ON")
        self.shows("a port for the rest of the checks is on", "on", "power", 2)

    def two_masters_fight(self):
        """Home Assistant and somebody else want the opposite, again and again."""
        home, mark = self.home, self.home.bus.mark()
        for _ in range(12):
            home.hass.act("switch.turn_on", home.entity("power", 3))
            home.bus.say("smartcharger/port/3/state/set", "OFF")
        told = lambda: any('"commands_too_fast"' in said for _, said in home.bus.since(mark, "smartcharger/event"))
        self.table.comes_true("two masters that fight are told of", True, told)
        self.shows("and the last wish wins", "OFF", "mode", 3)
        seen = [said for topic, said in home.bus.since(mark, "port/3/state") if not topic.endswith("/set")]
        changes = sum(1 for before, after in zip(seen, seen[1:]) if before != after)
        self.table.check("the port was not switched for each of them", True, changes <= 12)
        home.bus.say("smartcharger/port/3/mode/set", "AUTO")
        self.shows("and when they are done the port is free", "AUTO", "mode", 3)


def is_time(text):
    try:
        return datetime.fromisoformat(text or "").tzinfo is not None
    except ValueError:
        return False

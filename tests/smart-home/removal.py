"""What is taken away here disappears there, and a change of form keeps what people have named."""

from entities import PORT, STATION, ids, wanted
from home import DESK, MOVED, SHED

# A port's entities: 13 components.
OTHER = {"device": "entity", "entity": "device"}


class Removal:
    def __init__(self, table, home):
        self.table, self.home = table, home

    def run(self):
        if not self.home.hass.is_old:
            self.the_form_changes_there_and_back()
        self.the_topics_move_and_come_back()
        self.a_station_is_removed_and_comes_back()
        self.a_port_is_removed()
        self.a_port_is_removed_while_the_service_is_off()
        self.a_station_is_removed_while_the_service_is_off()
        self.discovery_is_turned_off()

    def there_are(self, what, stations):
        return self.table.comes_true(what, wanted(stations), lambda: set(ids(self.home.hass)))

    def start_as(self, form):
        self.home.service.stop()
        self.home.service.form = form
        self.home.service.start()

    def the_form_changes_there_and_back(self):
        home = self.home
        # What a person did in Home Assistant is what a migration may lose.
        home.hass.ask("config/entity_registry/update", entity_id=home.entity("power"), name="Our phone",
                      new_entity_id="switch.our_phone")
        before = ids(home.hass)
        self.table.check("a person gave a name", "switch.our_phone", before[("desk", 1, "power")])
        for form in (OTHER[home.form], home.form):
            self.start_as(form)
            self.messages_are(form)
            self.there_are(f"after a change of form every entity is there ({name(form, home.form)})",
                           {"desk": [1, 2, 3], "shed": [1]})
            self.table.check(f"entity ids are kept ({name(form, home.form)})", before, ids(home.hass))
            self.table.comes_true(f"states are shown ({name(form, home.form)})", "on",
                                  lambda: home.hass.state(home.entity("power", 2)))
            names = [entry["name"] for entry in home.hass.entities() if entry["entity_id"] == "switch.our_phone"]
            self.table.check(f"the name is kept ({name(form, home.form)})", ["Our phone"], names)

    def messages_are(self, form):
        """Only messages of one form stand on the broker."""
        count = 6 if form == "device" else 4 * len(PORT) + 2 * len(STATION)
        self.table.comes_true(f"only messages of the form are on the broker ({name(form, self.home.form)})", count,
                              lambda: len(self.home.bus.configurations()))

    def the_topics_move_and_come_back(self):
        home, before = self.home, ids(self.home.hass)
        state = home.shows("power", 2)
        for root, text in ((MOVED, DESK.replace('topic: "smartcharger"', f'topic: "{MOVED}"')), ("smartcharger", DESK)):
            home.write("desk", text)
            home.service.reload()
            self.table.comes_true(f"a station under `{root}` says so", "online", lambda: home.bus.last(f"{root}/status"))
            self.table.comes_true(f"its values come from `{root}`", state, lambda: home.shows("power", 2))
            self.table.check(f"and its entities are the same (`{root}`)", before, ids(home.hass))
        self.table.comes_true("nothing is left of the topics in between", [], lambda: self.left(f"{MOVED}/port/"))

    def left(self, root):
        """Topics that have something to say below a root."""
        return sorted(topic for topic, said in self.home.bus.retained.items()
                      if topic.startswith(root) and said and not topic.endswith("/set"))

    def a_station_is_removed_and_comes_back(self):
        home, before = self.home, ids(self.home.hass)
        home.remove("shed")
        home.service.reload()
        self.there_are("a removed station disappears", {"desk": [1, 2, 3]})
        self.devices_are(4)
        self.table.comes_true("nothing is left of its topics", [], lambda: self.left("smartcharger/shed/port/"))
        home.write("shed", SHED)
        home.service.reload()
        self.there_are("a station that comes back appears", {"desk": [1, 2, 3], "shed": [1]})
        self.table.comes_true("with the ids it had", before, lambda: ids(home.hass))

    def a_port_is_removed(self):
        self.home.write("desk", self.home.without_port(3))
        self.home.service.reload()
        self.there_are("a removed port disappears", {"desk": [1, 2], "shed": [1]})
        self.devices_are(5)
        self.table.comes_true("its topics are cleared", [], lambda: self.left("smartcharger/port/3/"))

    def a_port_is_removed_while_the_service_is_off(self):
        self.home.service.stop()
        self.home.write("desk", self.home.without_port("[23]"))
        self.home.service.start()
        self.there_are("a port that was removed while the service was off disappears", {"desk": [1], "shed": [1]})
        self.devices_are(4)
        self.table.comes_true("nothing is left of its topics", [], lambda: self.left("smartcharger/port/2/"))

    def a_station_is_removed_while_the_service_is_off(self):
        self.home.service.stop()
        self.home.remove("shed")
        self.home.service.start()
        self.there_are("a station that was removed while the service was off disappears", {"desk": [1]})
        self.devices_are(2)
        self.table.comes_true("nothing is left of its topics", [], lambda: self.left("smartcharger/shed/port/"))

    def devices_are(self, count):
        self.table.comes_true("its device disappears, too", count, lambda: len(self.home.hass.devices()))

    def discovery_is_turned_off(self):
        self.start_as("off")
        self.there_are("without discovery nothing is left", {})
        self.table.comes_true("no message is left", {}, self.home.bus.configurations)
        self.table.comes_true("topics are said all the same", "online", lambda: self.home.bus.last("smartcharger/status"))


def name(form, begun):
    return "back" if form == begun else "there"

"""What is taken away here disappears there, and a change of form keeps what people have named."""

from entities import PORT, STATION, ids, wanted

# A port's entities: 13 components.
OTHER = {"device": "entity", "entity": "device"}


class Removal:
    def __init__(self, table, home):
        self.table, self.home = table, home

    def run(self):
        self.the_form_changes_there_and_back()
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

    def a_port_is_removed(self):
        self.home.write("desk", self.home.without_port(3))
        self.home.service.reload()
        self.there_are("a removed port disappears", {"desk": [1, 2], "shed": [1]})
        self.devices_are(5)
        left = lambda: sorted(topic for topic, said in self.home.bus.retained.items()
                              if topic.startswith("smartcharger/port/3/") and said and not topic.endswith("/set"))
        self.table.comes_true("its topics are cleared", [], left)

    def a_port_is_removed_while_the_service_is_off(self):
        self.home.service.stop()
        self.home.write("desk", self.home.without_port("[23]"))
        self.home.service.start()
        self.there_are("a port that was removed while the service was off disappears", {"desk": [1], "shed": [1]})
        self.devices_are(4)

    def a_station_is_removed_while_the_service_is_off(self):
        self.home.service.stop()
        self.home.remove("shed")
        self.home.service.start()
        self.there_are("a station that was removed while the service was off disappears", {"desk": [1]})
        self.devices_are(2)

    def devices_are(self, count):
        self.table.comes_true("its device disappears, too", count, lambda: len(self.home.hass.devices()))

    def discovery_is_turned_off(self):
        self.start_as("off")
        self.there_are("without discovery nothing is left", {})
        self.table.comes_true("no message is left", {}, self.home.bus.configurations)
        self.table.comes_true("topics are said all the same", "online", lambda: self.home.bus.last("smartcharger/status"))


def name(form, begun):
    return "back" if form == begun else "there"

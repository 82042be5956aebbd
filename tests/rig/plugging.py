"""Phones and hubs that are plugged in and pulled out while the service runs."""

from steps import ALL_ON, ONLY_TEN_OFF, PORT, RELOAD_SECONDS, SWITCH_SECONDS, Steps

# Port 3 of stations/desk.ron.
THREE, ONLY_THREE_OFF = 3, {("5-2.4", 1)}
PLUG_SECONDS = 40
ALL_HUBS = ["5-2", "5-2.3", "5-2.4", "5-2.3.3", "5-2.3.4"]


class Plugging:
    """The chapters, on top of the steps of another scenario."""

    def __init__(self, steps: Steps):
        self.steps, self.machine = steps, steps.machine

    def run(self, driver):
        # What was named in one round is known in the next.
        self.stranger = "stranger" + driver.removesuffix("()").lower()
        print(f"--- plugging, with {driver}", flush=True)
        self.steps.play([self.a_serial_number_is_seen, self.a_device_is_followed, self.a_device_without_name_is_left_alone,
                         self.a_device_gets_a_name, self.a_hub_goes_and_comes_back, self.the_tree_moves_to_another_bus,
                         self.everything_is_home_again])

    def guest(self):
        return f"guest of {self.stranger}"

    def device(self, number):
        return self.steps.port(number, "device"), self.steps.port(number, "device_assumed")

    def a_serial_number_is_seen(self):
        if "PHONE10" not in self.machine.run("cat stations/desk.ron"):
            self.steps.edit("a serial number is taken from the station file",
                            's/device: "phone-10"/device: "phone-10", serial: "PHONE10"/', "stations/desk.ron")
        self.steps.report(15)
        self.steps.hub_shows("every port is on", ALL_ON)
        self.steps.comes_true("port 10 shows the serial number of its phone", "PHONE10", PLUG_SECONDS,
                              lambda: self.steps.port(PORT, "plugged", "serial"))
        self.steps.comes_true("phone-10 is seen there, not assumed", ("phone-10", False), PLUG_SECONDS,
                              lambda: self.device(PORT))
        self.steps.step("a report by name finds it", "rest", self.steps.report(90, device="phone-10"))
        self.steps.hub_shows("port 10 goes off", ONLY_TEN_OFF)
        self.steps.comes_true("a port without power shows nothing: the phone is assumed", ("phone-10", True),
                              PLUG_SECONDS, lambda: self.device(PORT))
        self.steps.report(15, device="phone-10")
        self.steps.hub_shows("port 10 comes on", ALL_ON)

    def a_device_is_followed(self):
        self.machine.unplug("phone10")
        with self.steps.tells("device_moved", PLUG_SECONDS):
            self.machine.plug("phone10", "2.4.1")
        self.steps.comes_true("phone-10 is in port 3 now", ("phone-10", False), PLUG_SECONDS, lambda: self.device(THREE))
        self.steps.step("a report by name decides there", "rest", self.steps.report(91, device="phone-10"))
        self.steps.hub_shows("exactly port 3 (5-2.4 port 1) goes off", ONLY_THREE_OFF)
        self.steps.report(15, device="phone-10")
        self.steps.hub_shows("port 3 comes on", ALL_ON)
        self.machine.unplug("phone10")
        with self.steps.tells("device_moved", PLUG_SECONDS):
            self.machine.plug("phone10", "2.3.4.2")
        self.steps.comes_true("phone-10 is home again", ("phone-10", False), PLUG_SECONDS, lambda: self.device(PORT))

    def a_device_without_name_is_left_alone(self):
        self.machine.unplug("phone10")
        with self.steps.tells("device_unknown", PLUG_SECONDS):
            self.machine.plug(self.stranger, "2.3.4.2")
        self.steps.step("it is offered for naming", self.stranger.upper(), self.steps.port(PORT, "unknown_device", "serial"))
        offered = str(self.steps.api("GET", "/api/v1/unknown-devices")[1])
        self.steps.step("and listed among the unknown devices", True, self.stranger.upper() in offered)
        self.steps.report(95)
        self.steps.hub_keeps("a report of 95 % for its port does not switch it off", ALL_ON)

    def a_device_gets_a_name(self):
        status, _ = self.steps.api("PUT", f"/api/v1/stations/desk/ports/{PORT}/device", {"device": self.guest()})
        self.steps.step("it is named", 200, status)
        self.steps.step("a report by its new name decides", "rest", self.steps.report(95, device=self.guest()))
        self.steps.hub_shows("port 10 goes off", ONLY_TEN_OFF)
        self.steps.report(15, device=self.guest())
        self.steps.hub_shows("port 10 comes on", ALL_ON)
        self.machine.unplug(self.stranger)
        self.machine.plug("phone10", "2.3.4.2")
        self.steps.comes_true("the phone that belongs there takes its place again", ("phone-10", False), PLUG_SECONDS,
                              lambda: self.device(PORT))

    def a_hub_goes_and_comes_back(self):
        self.steps.report(92, station="desk", port=THREE)
        self.steps.hub_shows("port 3 is off", ONLY_THREE_OFF)
        with self.steps.tells("hub_missing", PLUG_SECONDS):
            self.machine.unplug_hub("5-2.4")
        self.steps.step("the rest of the station goes on: a report for port 10", "rest",
                        self.steps.report(92, device="phone-10"))
        self.steps.hub_shows("port 10 goes off", ONLY_TEN_OFF | {("5-2.4", port) for port in range(1, 5)})
        with self.steps.tells("hub_back", PLUG_SECONDS):
            self.machine.plug_hubs("5-2.4")
        self.steps.hub_shows("the hub that came with power is brought to what is wanted", ONLY_TEN_OFF | ONLY_THREE_OFF)
        self.steps.report(15, device="phone-10")
        self.steps.report(15, station="desk", port=THREE)
        self.steps.hub_shows("both ports come on", ALL_ON)

    def the_tree_moves_to_another_bus(self):
        with self.steps.tells("hub_missing", PLUG_SECONDS):
            self.machine.unplug_hub("5-2")
        with self.steps.tells("hub_moved", PLUG_SECONDS):
            self.machine.plug_hubs(*ALL_HUBS, bus=3)
        self.machine.plug("phone10", "2.3.4.2")
        self.steps.step("the service says where the hub is", "3-2", self.steps.port(PORT, "hub_at"))
        self.steps.report(92)
        self.steps.hub_shows("a report switches port 10 on the other bus", ONLY_TEN_OFF)
        self.steps.report(15)
        self.steps.hub_shows("and on again", ALL_ON)

    def everything_is_home_again(self):
        self.machine.unplug_hub("5-2")
        self.machine.plug_hubs(*ALL_HUBS, bus=5)
        self.machine.plug("phone10", "2.3.4.2")
        self.steps.comes_true("the hub is where the file says", None, PLUG_SECONDS, lambda: self.steps.port(PORT, "hub_at"))
        self.steps.comes_true("phone-10 is there", ("phone-10", False), PLUG_SECONDS, lambda: self.device(PORT))
        self.steps.hub_shows("every socket has power", ALL_ON)

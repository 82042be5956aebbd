"""The commands that set a station up, in the machine: discover, doctor, identify."""

from machine import wait_for
from steps import ALL_ON, SWITCH_SECONDS, Steps

# Which phone is really where: the hub's port and the number on the housing.
PHONES = {"alpha": ("5-2", 1, 1), "beta": ("5-2.3.4", 1, 9), "gamma": ("5-2.3.4", 3, 11)}
IDENTIFY_SECONDS = 600
CHECK_SECONDS = 300


class Commands:
    """The chapters, on top of the steps of another scenario."""

    def __init__(self, steps: Steps):
        self.steps, self.machine = steps, steps.machine

    def run(self):
        print("--- commands", flush=True)
        self.steps.play([self.discover_draws_and_writes, self.doctor_judges, self.identify_finds_every_phone])

    def discover_draws_and_writes(self):
        text = self.machine.run("scs discover")
        print(indented(text), flush=True)
        self.steps.step("discover recognises the hub by its shape", True, "RSH-A16" in text)
        self.steps.step("and shows the phone in it", True, "PHONE10" in text)
        before = self.machine.run("md5sum stations/desk.ron")
        code, text = self.machine.door("scs discover --write --station desk")
        self.steps.step("it never writes over a file", (True, before),
                        (code != 0, self.machine.run("md5sum stations/desk.ron")))
        found = self.machine.run("mkdir -p /srv/found && cd /srv/found && scs discover --write && cat stations/desk.ron")
        self.steps.step("in an empty folder it writes a station of the model", True, 'model: "rsh-a16"' in found)
        # Nine rules with their nights take a minute in an emulated machine.
        self.steps.step("which is right", 0, self.machine.door("cd /srv/found && scs check", CHECK_SECONDS)[0])

    def doctor_judges(self):
        code, text = self.machine.door("scs doctor")
        print(indented(text), flush=True)
        self.steps.step("doctor finds the tool and the kernel", True, "2.5.0" in text and "6.1" in text)
        self.steps.step("and nothing wrong", 0, code)
        self.steps.hub_shows("neither command has switched anything", ALL_ON)

    def identify_finds_every_phone(self):
        """Phones that report by name only, and say what the power of their socket makes them say."""
        self.machine.run("{ scs identify --auto --yes --station desk --ports 1,9,11,12 --url http://127.0.0.1:80 >/srv/identify.log 2>&1;"
                         " echo \"ended with $?\" >>/srv/identify.log; } >/dev/null 2>&1 </dev/null &")
        wait_for(IDENTIFY_SECONDS, self.phones_report, lambda text: "ended with" in text)
        text = self.machine.run("cat /srv/identify.log")
        print(indented(text), flush=True)
        self.steps.step("identify ends well", True, "ended with 0" in text)
        for name, (_, _, port) in PHONES.items():
            self.steps.step(f"{name} is found in port {port}", name, self.steps.port(port, "device"))
            self.steps.api("PUT", f"/api/v1/stations/desk/ports/{port}/device", {"device": None})
        self.steps.hub_shows("every port has its power again", ALL_ON, SWITCH_SECONDS)

    def phones_report(self):
        off = self.machine.sockets_off()
        for name, (hub, port, _) in PHONES.items():
            self.steps.report(50, device=name, charging=(hub, port) not in off)
        return self.machine.run("cat /srv/identify.log")


def indented(text):
    return "".join(f"        | {line}\n" for line in text.splitlines()).rstrip()

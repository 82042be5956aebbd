"""A virtual machine with the sixteen-port hub of the seed, and what can be done to it from outside."""

import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

from initramfs import WORK

BOOT_SECONDS = 60
# An RSH-A16: five 4-port hubs in a tree. The third controller's USB 2 bus is number 5, so its port 2 is `5-2`.
HUBS = ["5-2", "5-2.3", "5-2.4", "5-2.3.3", "5-2.3.4"]
EVERY_SOCKET = {(hub, port) for hub in HUBS for port in range(1, 5)}
# The sockets that lead to another of the five.
DAISY_CHAIN = {("5-2", 3), ("5-2", 4), ("5-2.3", 3), ("5-2.3", 4)}


# The bus that the tree is on at first, and the controllers of the buses that it can be plugged into.
HOME = 5
CONTROLLERS = {3: "x1", 5: "x"}


def name_of(location):
    """The name of a hub in QEMU, `h234` for 5-2.3.4."""
    return "h" + location.removeprefix("5-").replace(".", "")


class RigError(Exception):
    """The machine itself did not do as it should."""


def wait_for(seconds, probe, accept=bool):
    """Asks `probe` until `accept` likes the answer, at most for `seconds`; returns the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = probe()
        if accept(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.2)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def fetch(url, method="GET", body=None, seconds=30):
    """One HTTP exchange: status and text, or (0, why) when there was no answer."""
    request = urllib.request.Request(url, data=body, method=method)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, urllib.error.URLError) as error:
        return 0, str(error)


class Machine:
    """The running machine; use it in a `with` statement, which ends it."""

    def __init__(self, image, initramfs):
        http, control = free_port(), free_port()
        self.http = f"http://127.0.0.1:{http}"
        self.control = f"http://127.0.0.1:{control}/cgi-bin/run"
        self.serial, self.trace = WORK / "serial.log", WORK / "trace.log"
        self.phones = WORK / "phone"
        self.phones.mkdir(exist_ok=True)
        qmp = WORK / "qmp.sock"
        for old in (self.serial, self.trace, qmp):
            old.unlink(missing_ok=True)
        hubs = [argument for hub in HUBS for argument in ("-device", self.hub(hub))]
        self.bus = HOME
        self.process = subprocess.Popen(
            # Software emulation: it works on any machine, also without /dev/kvm. The clock starts at a fixed noon,
            # so that rules which look at the time of day answer the same on every run.
            ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "512", "-display", "none", "-no-reboot"]
            + ["-rtc", "base=2026-05-20T10:00:00,clock=vm", "-serial", f"file:{self.serial}"]
            + ["-qmp", f"unix:{qmp},server=on,wait=off", "-kernel", image, "-initrd", initramfs]
            + ["-append", "console=ttyS0 quiet panic=1"]
            + ["-netdev", f"user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:{http}-:80,"
               f"hostfwd=tcp:127.0.0.1:{control}-:81"]
            + ["-device", "virtio-net-pci,netdev=n,romfile="]
            + ["-device", "qemu-xhci,id=x0", "-device", "qemu-xhci,id=x1", "-device", "qemu-xhci,id=x", *hubs]
            + ["-D", self.trace, "-trace", "usb_xhci_slot_address", "-trace", "usb_hub_*_port_feature"]
        )
        try:
            self.connect(qmp)
            self.boot()
        except BaseException:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @staticmethod
    def hub(location):
        path = location.removeprefix("5-")
        return f"usb-hub,id={name_of(location)},bus={CONTROLLERS[HOME]}.0,port={path},ports=4,port-power=on"

    def connect(self, path):
        self.monitor = socket.socket(socket.AF_UNIX)
        self.monitor.settimeout(30)
        if not wait_for(30, lambda: self.process.poll() is not None or self.monitor.connect_ex(str(path)) == 0):
            raise RigError("the machine has no monitor")
        self.answers = self.monitor.makefile("r")
        self.answers.readline()
        self.command("qmp_capabilities")

    def boot(self):
        up = wait_for(BOOT_SECONDS, lambda: self.process.poll() is not None or self.door("true")[0] == 0)
        if self.process.poll() is not None or not up:
            raise RigError(f"the machine did not come up within {BOOT_SECONDS} s; see {self.serial}")

    def end(self):
        self.process.kill()
        self.process.wait()

    def command(self, name, **arguments):
        """A command to QEMU itself."""
        self.monitor.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.answers.readline() or "{}")
            if "return" in answer:
                return answer["return"]
            if "event" not in answer:
                raise RigError(f"{name}: {answer.get('error', 'the machine is gone')}")

    def door(self, script, seconds=30):
        """Runs a shell script in the guest: (exit code, output), or (-1, why) when the guest does not answer."""
        status, text = fetch(self.control, "POST", script.encode(), seconds)
        if status != 200:
            return -1, text
        *lines, code = text.strip().split("\n")
        return int(code), "\n".join(lines)

    def run(self, script):
        """The output of a shell script in the guest, which must succeed."""
        code, text = self.door(script)
        if code != 0:
            raise RigError(f"`{script}` ended with {code} in the guest: {text}")
        return text

    def plug(self, name, path):
        """Plugs a phone into a port, `2.3.4.2` for hub 5-2.3.4 port 2. Its serial number is its name in capitals."""
        self.command("device_add", driver="usb-mtp", id=name, bus=f"{CONTROLLERS[self.bus]}.0", port=path,
                     serial=name.upper(), rootdir=str(self.phones))

    def unplug(self, name):
        """Pulls a phone out."""
        self.command("device_del", id=name)

    def unplug_hub(self, location):
        """Pulls a hub out, and with it everything behind it; the guest's kernel has seen it afterwards."""
        self.command("device_del", id=name_of(location))
        self.gone(location)

    def plug_hubs(self, *locations, bus=None):
        """Plugs hubs in at these places, on this bus or the one that they were on; the kernel knows them afterwards."""
        self.bus = bus or self.bus
        for location in locations:
            self.command("device_add", driver="usb-hub", id=name_of(location), bus=f"{CONTROLLERS[self.bus]}.0",
                         port=location.removeprefix("5-"), ports=4, **{"port-power": True})
        if not wait_for(20, lambda: all(self.knows(location) for location in locations)):
            raise RigError("the guest's kernel did not find the hubs that were plugged in")

    def gone(self, location):
        if not wait_for(20, lambda: not self.knows(location)):
            raise RigError(f"the guest's kernel still knows {location}")

    def knows(self, location):
        """True if the guest's kernel knows all ports of this hub, on the bus that the tree is on now."""
        here = location.replace("5-", f"{self.bus}-", 1)
        return self.door(f"test -e /sys/bus/usb/devices/{here}:1.0/{here}-port4/disable")[0] == 0

    def sockets_off(self):
        """The sockets without power as the guest's kernel reads them from the hubs, without uhubctl or the service.

        A socket that the kernel does not know any more, because its hub is gone, has no power either.
        """
        listing = self.run(f"cd /sys/bus/usb/devices && grep . {self.bus}-2*:1.0/*-port*/disable || true")
        powered = re.findall(r"/\d+(\S+)-port(\d+)/disable:0", listing)
        powered = [(f"5{path}", port) for path, port in powered]
        return EVERY_SOCKET - {(hub, int(port)) for hub, port in powered}

    def cut(self):
        """Every socket that was ever told to cut its power, as the hubs themselves received it (QEMU's trace)."""
        hub_of, cut = {}, set()
        for line in self.trace.read_text().splitlines():
            if match := re.search(r"usb_xhci_slot_address slotid (\d+), port (\S+)", line):
                hub_of[match[1]] = f"5-{match[2]}"
            elif match := re.search(r"usb_hub_clear_port_feature dev (\d+), port (\d+), feature power", line):
                cut.add((hub_of.get(match[1], f"device {match[1]}"), int(match[2])))
        return cut

    def hubs_lost(self):
        """What the guest's kernel says of hubs that went away or were reset."""
        hubs = "|".join(re.escape(hub) for hub in HUBS)
        return re.findall(rf"usb (?:{hubs}): (?:USB disconnect|reset).*", self.run("dmesg"))

"""Steps of a scenario: what is done, what must be seen, and how long that may take."""

import json
import re
import time

from machine import RigError, fetch, wait_for

# Port 10 of stations/desk.ron.
PORT, SOCKET = 10, ("5-2.3.4", 2)
ALL_ON, ONLY_TEN_OFF = set(), {SOCKET}
# One uhubctl call takes up to 8 s in the emulated machine, and a poll may be under way.
SWITCH_SECONDS = 30
POLL_SECONDS = 10
HOLD_SECONDS = 30
RELOAD_SECONDS = 10
# How long a state that must not change is watched.
WATCH_SECONDS = 5


class Steps:
    def __init__(self, machine):
        self.machine, self.passed, self.failed = machine, 0, 0

    def step(self, what, expected, seen):
        """Prints and counts one step; `seen` must equal `expected`."""
        if seen == expected:
            self.passed += 1
            print(f"ok      {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {what}: expected {show(expected)}, saw {show(seen)}", flush=True)

    def comes_true(self, what, expected, seconds, probe):
        """A step that has some time to come true."""
        self.step(what, expected, wait_for(seconds, probe, lambda seen: seen == expected))

    def hub_shows(self, what, expected, seconds=SWITCH_SECONDS):
        self.comes_true(what, expected, seconds, self.machine.sockets_off)

    def hub_keeps(self, what, expected):
        """A step that fails when the hub shows anything else for a while."""
        self.step(what, expected, wait_for(WATCH_SECONDS, self.machine.sockets_off, lambda seen: seen != expected))

    def api(self, method, path, body=None):
        status, text = fetch(self.machine.http + path, method, body and json.dumps(body).encode())
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def report(self, level, **who):
        """A phone's report, for port 10 or `who` else; answers with the decision's verdict."""
        who = who or {"station": "desk", "port": PORT}
        status, answer = self.api("POST", "/api/v1/reports", who | {"level": level})
        return answer.get("verdict", answer) if status in (200, 201) else (status, answer.get("code"))

    def port(self, number, *path):
        """What the service says of a port, or of a part of that."""
        answer = self.api("GET", f"/api/v1/stations/desk/ports/{number}")[1]
        for part in path:
            answer = answer.get(part) if isinstance(answer, dict) else None
        return answer

    def events(self, code):
        """How often the event stream told of this since the listener began."""
        return len(re.findall(rf"^event: ?{code}$", self.machine.run("cat /srv/events"), re.MULTILINE))

    def metric(self, name, **labels):
        """The sum of a metric over all its series that have these labels."""
        text = self.machine.run("wget -q -O - http://127.0.0.1/metrics")
        wanted = "".join(f'(?=[^}}]*{label}="{value}")' for label, value in labels.items())
        return sum(float(found) for found in re.findall(rf"^{name}\{{{wanted}[^}}]*\}} (\S+)", text, re.MULTILINE))

    def stands_still(self, probe):
        """The answer of `probe` once it stays the same for longer than a call takes; the last one after some tries."""
        answer = probe()
        for _ in range(SWITCH_SECONDS // POLL_SECONDS):
            time.sleep(POLL_SECONDS)
            before, answer = answer, probe()
            if answer == before:
                break
        return answer

    def tells(self, code, seconds=SWITCH_SECONDS, times=1):
        """A step in which the event stream tells of this so often more; use it in a `with` statement around the cause."""
        return Told(self, code, seconds, times)

    def mode(self, mode):
        return self.api("PUT", f"/api/v1/stations/desk/ports/{PORT}/mode", {"mode": mode})[0]

    def edit(self, what, substitution, file):
        """Edits a file in the guest as a person would, and waits until another version of the plan is in force."""
        version = lambda: self.api("GET", "/api/v1/config")
        before = version()
        self.machine.run(f"sed -i '{substitution}' {file}")
        self.comes_true(what, True, RELOAD_SECONDS, lambda: version() != before)

    def play(self, chapters):
        """Plays the chapters; one that cannot go on fails, and the next one is tried."""
        for chapter in chapters:
            try:
                chapter()
            except RigError as error:
                self.step(f"{chapter.__name__} to its end", "no error", str(error))


class Told:
    """Counts an event before and after."""

    def __init__(self, steps, code, seconds, times):
        self.steps, self.code, self.seconds, self.times = steps, code, seconds, times

    def __enter__(self):
        self.before = self.steps.events(self.code)

    def __exit__(self, failure, *_):
        if failure is None:
            what = f"the event stream tells `{self.code}` " + {1: "once"}.get(self.times, f"{self.times} times")
            self.steps.comes_true(what, self.times, self.seconds, lambda: self.steps.events(self.code) - self.before)


def show(value):
    if isinstance(value, (set, frozenset)):
        return ", ".join(f"{hub} port {port}" for hub, port in sorted(value)) + " off" if value else "no socket off"
    return repr(value)



"""The programs of a smart home, each started by itself on a free port, with its log in target/smart-home/logs/."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOGS = ROOT / "target" / "smart-home" / "logs"
# Two cores that compile beside this make everything slow; who is quicker waits less.
START_SECONDS = 180
STOP_SECONDS = 60


class NotTried(Exception):
    """A program that is needed did not start: nothing was found out about the service."""


def wait_for(seconds, probe, accept=bool):
    """Asks `probe` until `accept` likes the answer, at most for `seconds`; returns the last answer."""
    end = time.monotonic() + seconds
    while True:
        answer = probe()
        if accept(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.1)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Program:
    """A process that is started, and ended, and started again."""

    name, program = "", ""

    def __init__(self, folder):
        self.folder, self.port, self.process = Path(folder), free_port(), None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = LOGS / f"{self.folder.name}-{self.name}.log"
        self.log.unlink(missing_ok=True)

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def start(self):
        LOGS.mkdir(parents=True, exist_ok=True)
        if not shutil.which(self.program):
            raise NotTried(f"`{self.program}` is not there: run `make setup`, or `make build`")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command(), cwd=self.folder, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=os.environ | self.environment())
        if not wait_for(START_SECONDS, lambda: self.accepts() or self.process.poll() is not None) or not self.accepts():
            raise NotTried(f"{self.name} did not start; see {self.log}")

    def accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
            return True
        except OSError:
            return False

    def stop(self):
        """Asks it to end, and waits."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None

    def kill(self):
        """Ends it without a word, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def restart(self):
        self.stop()
        self.start()


# Passwords of this run only. `watcher` sees and says everything.
USERS = {"charger": "current", "homeassistant": "house", "watcher": "all"}


class Broker(Program):
    """mosquitto as Debian has it, with users and an access list; it keeps no retained messages over a restart."""

    name, program = "mosquitto", "mosquitto"

    def __init__(self, folder, access_list):
        super().__init__(folder)
        self.file("access").write_text(f"{access_list}\nuser watcher\ntopic readwrite #\n")
        self.file("access").chmod(0o600)
        # Started by root it would become another user, who may not read here.
        user = os.environ.get("USER", "root")
        self.file("conf").write_text(
            f"listener {self.port} 127.0.0.1\nuser {user}\npersistence false\nlog_type all\nallow_anonymous false\n"
            f"password_file {self.file('passwords')}\nacl_file {self.file('access')}\n")

    def file(self, kind):
        return self.folder / f"mosquitto.{kind}"

    def start(self):
        self.file("passwords").unlink(missing_ok=True)
        for user, password in USERS.items():
            create = [] if self.file("passwords").exists() else ["-c"]
            subprocess.run(["mosquitto_passwd", *create, "-b", str(self.file("passwords")), user, password], check=True)
        super().start()

    def command(self):
        return [shutil.which("mosquitto"), "-c", str(self.file("conf"))]

    def denials(self):
        """What somebody was not allowed to say."""
        return sorted({line.split(": ", 1)[-1] for line in self.log.read_text(errors="replace").splitlines() if "Denied " in line})


class Service(Program):
    """`scs run` with stations of its own, or `scs demo`."""

    name = "scs"

    def __init__(self, folder, program, broker, form="device", demo=False):
        super().__init__(folder)
        self.program, self.broker, self.form, self.demo = str(program), broker, form, demo
        # A host name of its own, which Linux gives to a process without rights over the host.
        self.host = None

    def command(self):
        listen = f"127.0.0.1:{self.port}"
        if self.demo:
            return [self.program, "demo", "--listen", listen, "--speed", "240"]
        (self.folder / "settings.ron").write_text(f'(http: (listen: "{listen}"), history: (path: "history.db"))\n')
        run = [self.program, "run"]
        if self.host:
            run = ["unshare", "--map-root-user", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', self.host, *run]
        return run

    def environment(self):
        return {"SCS_MQTT_URL": f"mqtt://127.0.0.1:{self.broker.port}", "SCS_MQTT_DISCOVERY": self.form,
                "SCS_MQTT_USER": "charger", "SCS_MQTT_PASSWORD": USERS["charger"], "SCS_MQTT_CLIENT_ID": "scs-smart-home"}

    def reload(self):
        """Reads the files again, as `systemctl reload` does."""
        self.process.send_signal(signal.SIGHUP)

"""docs/node-red/flow.json as it is shipped, run by a real Node-RED against the real service."""

import json
import shutil
import subprocess

from processes import ROOT, USERS, Program

FLOW = ROOT / "docs" / "node-red" / "flow.json"
MODULES = ROOT / "target" / "smart-home" / "node"
# Node.js 20 runs this one; the next asks for a newer Node.js.
RELEASE = "node-red@4"


class NodeRed(Program):
    """Node-RED with the flow, only its broker's port changed."""

    name = "node-red"

    def __init__(self, folder, broker):
        super().__init__(folder)
        self.program = str(MODULES / "node_modules" / ".bin" / "node-red")
        flow = json.loads(FLOW.read_text())
        for node in flow:
            if node["type"] == "mqtt-broker":
                node["port"] = str(broker.port)
                login = {node["id"]: {"user": "watcher", "password": USERS["watcher"]}}
        (self.folder / "flow.json").write_text(json.dumps(flow))
        (self.folder / "flow_cred.json").write_text(json.dumps(login))
        (self.folder / "settings.js").write_text("module.exports = {credentialSecret: false}")

    def command(self):
        return [self.program, "--userDir", str(self.folder), "--port", str(self.port), "flow.json"]


def install():
    """Fetches Node-RED once; false when there is no Node.js."""
    if (MODULES / "node_modules" / ".bin" / "node-red").exists():
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    MODULES.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(MODULES), RELEASE])
    return done.returncode == 0


def run(table, home):
    """The flow charges by the sun and tells of a hot device."""
    if not install():
        print("no Node.js: Node-RED is not tried", flush=True)
        return
    red = NodeRed(home.service.folder / "node-red", home.broker)
    red.start()
    try:
        listening = lambda: "Connected to broker" in red.log.read_text()
        table.comes_true("Node-RED runs the flow", True, listening)

        def sunny():
            # Node-RED says that it is connected before it listens: what it did not hear is said again.
            home.bus.say("energy/surplus", "1500")
            return home.bus.last("smartcharger/mode")

        table.comes_true("Node-RED: surplus sets the mode of the station", "HOLD", sunny)
        home.bus.say("energy/surplus", "300")
        home.bus.say("energy/surplus", "20")
        table.comes_true("Node-RED: without it the rules decide", "AUTO", lambda: home.bus.last("smartcharger/mode"))
        home.report("pixel-7", level=50, temperature=48)
        table.comes_true("Node-RED: an event becomes a sentence", "port 1 of desk is too hot and rests",
                         lambda: home.bus.last("home/notify"))
        home.report("pixel-7", level=50, temperature=25)
    finally:
        red.stop()

"""A real Home Assistant, set up as a person does it: by its own HTTP and WebSocket, no file of its store is written."""

import asyncio
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import aiohttp

from processes import START_SECONDS, USERS, NotTried, Program, wait_for

CONFIGURATION = """
homeassistant:
  name: Home
  unit_system: metric
  currency: EUR
  country: DE
  time_zone: Europe/Berlin
  latitude: 52.5
  longitude: 13.4
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
config:
history:
logbook:
recorder:
  commit_interval: 1
logger:
  default: warning
lovelace:
  mode: yaml
automation: !include automations.yaml
"""
# Where somebody opens it; only a name here.
CLIENT = "http://127.0.0.1/"
OWNER = {"name": "Tester", "username": "tester", "password": "only for this run", "language": "en"}


class HomeAssistant(Program):
    """`hass` with a folder of its own, and what people and browsers do with it."""

    name = "home-assistant"

    def __init__(self, folder, dashboard, automations):
        super().__init__(folder)
        self.program, self.token = str(Path(sys.executable).with_name("hass")), None
        # Before 2024.11: messages with several entities are not known, nor `triggers` in an automation.
        self.is_old = os.environ.get("HOME_ASSISTANT", "").startswith("2024.3")
        (self.folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port))
        (self.folder / "automations.yaml").write_text(automations)
        (self.folder / "ui-lovelace.yaml").write_text(dashboard)

    def command(self):
        return [self.program, "--config", str(self.folder), "--skip-pip", "--log-no-color"]

    def start(self):
        super().start()
        # It accepts early; it is there when its parts are.
        ready = wait_for(START_SECONDS, self.is_ready)
        if not ready:
            raise NotTried(f"Home Assistant is not there; see {self.log}")

    def is_ready(self):
        status, said = self.call("GET", "/api/onboarding" if self.token is None else "/api/config")
        return status == 200 and (self.token is None or said.get("state") == "RUNNING")

    def call(self, method, path, body=None, form=None):
        """One HTTP exchange: status and what was said, or (0, why)."""
        data, kind = (json.dumps(body).encode(), "application/json") if body is not None else (None, None)
        if form is not None:
            data, kind = urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, method=method)
        if kind:
            request.add_header("Content-Type", kind)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, ValueError) as error:
            return 0, str(error)

    def must(self, method, path, body=None, form=None):
        status, said = self.call(method, path, body, form)
        if status not in (200, 201):
            raise NotTried(f"Home Assistant answers {method} {path} with {status}: {said}")
        return said

    def ask(self, kind, **fields):
        """One question over its WebSocket, which has more than its HTTP."""
        return asyncio.run(self._ask({"id": 1, "type": kind} | fields))

    async def _ask(self, question):
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"http://127.0.0.1:{self.port}/api/websocket", max_msg_size=0) as socket:
                await socket.receive_json()
                await socket.send_json({"type": "auth", "access_token": self.token})
                await socket.receive_json()
                await socket.send_json(question)
                while True:
                    answer = await socket.receive_json(timeout=60)
                    if answer.get("type") == "result":
                        return answer.get("result") if answer["success"] else answer["error"]

    def onboard(self):
        """The owner, a token that outlives a restart, and the rest of the first dialogue."""
        code = self.must("POST", "/api/onboarding/users", OWNER | {"client_id": CLIENT})["auth_code"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT}
        self.token = self.must("POST", "/auth/token", form=grant)["access_token"]
        self.token = self.ask("auth/long_lived_access_token", client_name="test", lifespan=1)
        self.call("POST", "/api/onboarding/core_config", {})
        self.call("POST", "/api/onboarding/analytics", {})
        self.call("POST", "/api/onboarding/integration", {"client_id": CLIENT, "redirect_uri": CLIENT})

    def add_broker(self, broker):
        """Settings, Devices & services, Add integration, MQTT."""
        flow = self.must("POST", "/api/config/config_entries/flow", {"handler": "mqtt"})
        fields = {field["name"] for field in flow.get("data_schema") or []}
        said = {"broker": "127.0.0.1", "port": broker.port, "username": "homeassistant", "password": USERS["homeassistant"]}
        if "other_settings" in fields:
            said["other_settings"] = {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"}
        done = self.must("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", said)
        if done.get("type") != "create_entry":
            raise NotTried(f"the MQTT dialogue says {done}")

    def reload_mqtt(self):
        """What a restart does to MQTT, without the restart."""
        entries = self.must("GET", "/api/config/config_entries/entry?domain=mqtt")
        return self.call("POST", f"/api/config/config_entries/entry/{entries[0]['entry_id']}/reload")[0]

    def state(self, entity):
        """The state as text; None for an entity that is not there."""
        status, said = self.call("GET", f"/api/states/{entity}")
        return said["state"] if status == 200 else None

    def attributes(self, entity):
        status, said = self.call("GET", f"/api/states/{entity}")
        return said["attributes"] if status == 200 else {}

    def act(self, action, entity, **data):
        """What a person does to an entity; answers with the status of HTTP."""
        domain, name = action.split(".")
        return self.call("POST", f"/api/services/{domain}/{name}", data | {"entity_id": entity})[0]

    def entities(self):
        """Entries of the registry that came over MQTT."""
        return [entry for entry in self.ask("config/entity_registry/list") if entry["platform"] == "mqtt"]

    def devices(self):
        """Devices that came over MQTT, by their first identifier."""
        found = {}
        for device in self.ask("config/device_registry/list"):
            for domain, identifier, *_ in device["identifiers"]:
                if domain == "mqtt":
                    found[identifier] = device
        return found

    def complaints(self):
        """What it found wrong with what came over MQTT. That the broker was away is not one of these, nor that a message
        is emptied whose entities it has removed or moved to the other form before. Of an entity that is switched off it
        remembers until its next start from which form it came, and wonders when that is removed in the other."""
        lines = self.log.read_text(errors="replace").splitlines()
        known = re.compile(r"components\.mqtt\.client|No device components to cleanup|Although entity \S+_last_report was removed")
        return sorted({line.split("] ", 1)[-1] for line in lines
                       if re.search(r" (WARNING|ERROR) .*components\.mqtt", line) and not known.search(line)})

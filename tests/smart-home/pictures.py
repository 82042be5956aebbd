"""The pictures of docs/home-assistant.md: the demo's ports on the dashboard of the documentation, as a browser shows them."""

import asyncio
import base64
import io
import json
import re
import shutil
import subprocess
import tempfile
import time

import aiohttp
from PIL import Image

import documentation
from bus import Bus
from entities import ids
from hass import HomeAssistant
from processes import ROOT, Broker, NotTried, Service, free_port, wait_for

PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
# A page of plain surfaces needs no more, and is a third of the size.
COLOURS = 128
# So many levels are heard before the picture, so that there is a history to see: at its speed the demo says them in minutes.
LEVELS = 400
LIFE_SECONDS = 600
# A frontend of 60 MB is loaded and drawn without a graphics card; a picture is right when it no longer changes.
DRAW_SECONDS, LOOK_SECONDS, EMPTY_BYTES = 60, 3, 20_000
# Who asks for it is not on the network: it must not look for updates.
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=1"]


def make(program):
    """Starts the demo beside Home Assistant and looks at it."""
    folder = ROOT / "target" / "smart-home" / "pictures"
    shutil.rmtree(folder, ignore_errors=True)
    broker = Broker(folder, documentation.access_list("smartcharger/demo"))
    service = Service(folder, program, broker, demo=True)
    shutil.copytree(ROOT / "stations", folder / "stations")
    station = folder / "stations" / "demo.ron"
    # The demo's title is a sentence; people give short ones.
    station.write_text(re.sub(r'title: ".*?"', 'title: "Desk"', station.read_text()))
    shutil.copytree(ROOT / "rules", folder / "rules")
    hass = HomeAssistant(folder / "hass-pictures", dashboard(), "[]\n")
    started = []
    try:
        for program in (broker, hass):
            program.start()
            started.append(program)
        hass.onboard()
        hass.add_broker(broker)
        service.start()
        started.append(service)
        bus = Bus(broker)
        wait_for(60, lambda: len(ids(hass)) >= 150)
        wait_for(LIFE_SECONDS, lambda: len(bus.since(0, "/batterylevel")) >= LEVELS)
        asyncio.run(photograph(hass, {
            "home-assistant-dashboard": ("/lovelace/charging", 1200, 1000),
            "home-assistant-device": (f"/config/devices/device/{device_of(hass, 1)}", 1200, 1160),
        }))
        bus.close()
    finally:
        for program in reversed(started):
            program.stop()


def dashboard():
    """The documentation's own, for the demo's station, and with minutes where people have a day."""
    return documentation.block("dashboard").replace("charger_desk_", "charger_demo_").replace(
        "hours_to_show: 24", "hours_to_show: 0.05")


def device_of(hass, port):
    """The id of a port's device."""
    entity = next(entity for (_, number, key), entity in ids(hass).items() if (number, key) == (port, "power"))
    return next(entry["device_id"] for entry in hass.entities() if entry["entity_id"] == entity)


async def photograph(hass, pages):
    """Opens each page as the owner, waits until it is drawn, and writes it into docs/pictures/."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise NotTried(f"none of {', '.join(BROWSERS)} is there: install one")
    PICTURES.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen([browser, *QUIET, f"--remote-debugging-port={port}", f"--user-data-dir={profile}", "about:blank"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            async with aiohttp.ClientSession() as session:
                tab = await Tab.open(session, port)
                await tab.ask("Page.enable")
                await tab.ask("Page.addScriptToEvaluateOnNewDocument", source=sign_in(hass))
                for name, (path, width, height) in pages.items():
                    await tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
                    await tab.ask("Page.navigate", url=f"http://127.0.0.1:{hass.port}{path}")
                    Image.open(io.BytesIO(await tab.drawn())).quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)
                    print(f"docs/pictures/{name}.png", flush=True)
        finally:
            process.terminate()
            process.wait()


def sign_in(hass):
    """What the frontend keeps of somebody who has signed in."""
    here = f"http://127.0.0.1:{hass.port}"
    tokens = {"access_token": hass.token, "token_type": "Bearer", "expires_in": 86400, "hassUrl": here, "clientId": f"{here}/",
              "expires": int(time.time() * 1000) + 86_400_000, "refresh_token": ""}
    return (f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))});"
            "localStorage.setItem('dockedSidebar', '\"always_hidden\"');")


class Tab:
    """A page of the browser, driven by its DevTools."""

    def __init__(self, socket):
        self.socket, self.number = socket, 0

    @classmethod
    async def open(cls, session, port):
        for _ in range(100):
            try:
                async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [page for page in await answer.json() if page["type"] == "page"]
                if pages:
                    return cls(await session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0))
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
        raise NotTried("the browser did not start")

    async def ask(self, method, **parameters):
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": parameters})
        while True:
            said = await self.socket.receive_json(timeout=60)
            if said.get("id") == self.number:
                return said.get("result", {})

    async def drawn(self):
        """The page as PNG, once it stands still."""
        last, end = None, time.monotonic() + DRAW_SECONDS
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            picture = base64.b64decode((await self.ask("Page.captureScreenshot", format="png"))["data"])
            # An empty page stands still, too.
            if (picture == last and len(picture) > EMPTY_BYTES) or time.monotonic() > end:
                return picture
            last = picture

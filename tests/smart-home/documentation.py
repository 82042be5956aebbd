"""The YAML of docs/home-assistant.md, taken from there, so that what people copy is what was tried."""

import re

from processes import ROOT

PAGE = ROOT / "docs" / "home-assistant.md"


def block(name):
    """The YAML under the mark `<!-- name -->`."""
    found = re.search(rf"<!-- {name} -->\n+```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    if not found:
        raise SystemExit(f"docs/home-assistant.md has no YAML marked `{name}`")
    return found[1]


def run(table, home):
    """The dashboard names entities that exist, and the automations do what they say."""
    named = set(re.findall(r"\b(?:switch|select|sensor|binary_sensor|number|text|button)\.charger_[a-z0-9_]+", block("dashboard")))
    table.check("the dashboard of the documentation names entities", True, len(named) > 5)
    table.check("every entity on it exists", [], sorted(entity for entity in named if home.hass.state(entity) is None))
    shown = home.hass.ask("lovelace/config") or {}
    table.check("Home Assistant takes the dashboard", True, bool(shown.get("views")))
    automations = [state for state in home.hass.must("GET", "/api/states") if state["entity_id"].startswith("automation.")]
    table.check("Home Assistant takes the automations", ["on"] * block("automation").count("- alias:"),
                [state["state"] for state in automations])
    home.report("pixel-7", level=30, temperature=47)
    table.comes_true("the first automation tells of a hot battery", True, lambda: any(
        "47.0 °C" in note["message"] for note in home.hass.ask("persistent_notification/get")))
    home.report("pixel-7", level=30, temperature=25)
    for watts, mode in [(300, "AUTO"), (700, "HOLD"), (50, "AUTO")]:
        home.hass.call("POST", "/api/states/sensor.solar_surplus", {"state": str(watts)})
        table.comes_true("the second one charges by the sun", mode, lambda: home.bus.last("smartcharger/mode"))

"""Rules of the house: packages in the contract, file sizes, documentation of every command and setting."""

from __future__ import annotations

import tomllib
from pathlib import Path

from galenic.doctor import ROOMS, strangers
from galenic.settings import Settings
from ingest.source import all_sources
from tests.galenic.test_cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_top_level_package_is_in_the_import_contract() -> None:
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = {name for layer in contract["contracts"][0]["layers"] for name in layer.split(" | ")}
    assert packages == set(contract["root_packages"]) == layers == set(ROOMS)


def test_no_other_distribution_provides_our_rooms() -> None:
    assert strangers() == []


def test_files_stay_short_and_their_names_say_something() -> None:
    files = [p for room in (*ROOMS, "tests", "bench") for p in (ROOT / room).rglob("*.py")]
    assert [(p.name, n) for p in files if (n := len(p.read_text("utf-8").splitlines())) > 400] == []
    assert [
        p for p in files if p.stem in {"utils", "util", "common", "helpers", "helper", "manager", "misc", "base"}
    ] == []


def test_every_command_and_setting_is_documented() -> None:
    commands = (ROOT / "docs" / "reference" / "commands.md").read_text("utf-8")
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    sources = (ROOT / "docs" / "reference" / "sources.md").read_text("utf-8")
    assert [c for c in COMMANDS if f"galenic {c}" not in commands] == []
    assert [s for s in Settings.model_fields if f"`{s}`" not in settings] == []
    assert [s for s in all_sources() if f"`{s}`" not in sources] == []


def test_every_link_inside_the_documentation_leads_somewhere() -> None:
    import re

    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sample").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
            if not target.startswith(("http", "mailto")) and not (page.parent / target).exists():
                broken.append((page.name, target))
    assert broken == []

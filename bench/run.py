"""`make bench`: measure everything on a data folder, print a table, write bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bench import measure
from bench.measure import Figure

RESULTS = Path(__file__).with_name("results.json")


def figures(data: Path, work: Path) -> Iterator[Figure]:
    home = work / "home"
    yield from measure.builds(home, data)
    yield from measure.release_alone(work / "release", data)
    yield from measure.streams(work, data)
    yield from measure.answers(home)
    yield from measure.names(home)
    yield from measure.lineage(data)
    yield from measure.retrieval(home, data)
    measure.galenic(home, "down")


def main(data: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="galenic-bench-"))
    found: list[Figure] = []
    try:
        for figure in figures(data, work):
            found.append(figure)
            goal = "" if figure.goal is None else f"{'>=' if figure.least else '<='} {figure.goal:g}"
            state = {True: "reached", False: "MISSED", None: ""}[figure.reached]
            print(f"{figure.name:62} {figure.value:10.3f} {figure.unit:5} {goal:9} {state:8} {figure.note}", flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version(), "galenic": version("galenic")}
    rows = [{"name": f.name, "value": round(f.value, 4), "unit": f.unit, "goal": f.goal, "least": f.least, "reached": f.reached, "note": f.note} for f in found]
    RESULTS.write_text(json.dumps({"date": time.strftime("%Y-%m-%d"), "machine": machine, "data": data.name, "figures": rows}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

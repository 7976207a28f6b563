"""`make bench`: measure everything on a data folder, print a table, write bench/results.json.

`python -m bench.run DATA engines topology --home HOME` measures parts of it on a home that is built.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from bench import measure
from bench.attacks import attacks
from bench.encoders import encoders
from bench.engines import engines
from bench.hetmatpy import hetmatpy
from bench.measure import Figure
from bench.narrower import narrower
from bench.topology import topology
from galenic.house import House
from galenic.settings import Settings

RESULTS = Path(__file__).with_name("results.json")


def parts(home: Path, data: Path, work: Path, longest: float) -> dict[str, Callable[[], Iterator[Figure]]]:
    """What can be measured, by name; all but the first few need a home that holds the data's release."""
    return {
        "builds": lambda: measure.builds(home, data),
        "release": lambda: measure.release_alone(work / "release", data),
        "streams": lambda: measure.streams(work, data),
        "answers": lambda: measure.answers(home),
        "names": lambda: measure.names(home),
        "lineage": lambda: measure.lineage(data),
        "narrower": lambda: narrower(House(Settings(home=home))),
        "retrieval": lambda: measure.retrieval(home, data),
        "encoders": lambda: encoders(House(Settings(home=home, data=data)), work),
        "engines": lambda: engines(home, work),
        "attacks": lambda: attacks(home, work),
        "topology": lambda: topology(House(Settings(home=home)).release, work),
        "hetmatpy": lambda: hetmatpy(House(Settings(home=home)).release, work / "hetmatpy", longest),
    }


def main(data: Path, wanted: list[str], home: Path | None, longest: float) -> None:
    """Measure the parts, all by default, and put their figures in the place of the earlier ones."""
    work = Path(tempfile.mkdtemp(prefix="galenic-bench-"))
    known = parts(home or work / "home", data, work, longest)
    if strange := [name for name in wanted if name not in known]:
        sys.exit(f"no part is called {strange[0]}; there are {', '.join(known)}")
    try:
        for name in wanted or known:
            figures = []
            for figure in known[name]():
                figures.append(figure)
                print(figure.line(), flush=True)
            record(name, figures, data)
    finally:
        measure.galenic(home or work / "home", "down")
        shutil.rmtree(work, ignore_errors=True)


def record(part: str, figures: list[Figure], data: Path) -> None:
    """Write the figures of a part into bench/results.json, the other parts as they were."""
    machine = {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "galenic": version("galenic"),
    }
    rows = [
        {
            "name": f.name,
            "value": round(f.value, 4),
            "unit": f.unit,
            "goal": f.goal,
            "least": f.least,
            "reached": f.reached,
            "note": f.note,
        }
        for f in figures
    ]
    there = json.loads(RESULTS.read_text("utf-8")).get("parts", {}) if RESULTS.exists() else {}
    there[part] = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "data": data.name, "figures": rows}
    RESULTS.write_text(json.dumps({"parts": there}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", type=Path)
    asked.add_argument("part", nargs="*", help="only these")
    asked.add_argument("--home", type=Path, help="a home that holds the data's release, so that it need not be built")
    asked.add_argument(
        "--longest",
        type=float,
        default=600,
        metavar="SECONDS",
        help="how long hetmatpy may count (600); it takes about an hour for all metapaths",
    )
    given = asked.parse_args()
    main(given.data.resolve(), given.part, given.home and given.home.resolve(), given.longest)

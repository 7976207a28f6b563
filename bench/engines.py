"""Figures of both graph engines on one release, side by side: loading it, and the latency of logical forms.

`python -m bench.engines HOME` prints them alone, for a home that holds a release.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from neo4j import GraphDatabase

from bench.forms import Drawn
from bench.measure import Figure, high_water, peak_of, seconds
from galenic.house import House
from galenic.settings import Settings
from kg.logic.execute import Executor
from kg.logic.forms import Expr
from kg.release.release import Release
from kg.stores.bolt import BoltStore, GraphStore
from kg.stores.neo4j_export import command, export
from kg.stores.neo4j_load import index_statements
from tests.neo4j.server import Neo4j, jars

_LOAD = (
    "import sys;from pathlib import Path;from kg.release.release import Release;from kg.stores.bolt import "
    "Address;from kg.stores.neo4j_load import Neo4jLoader\n"
    "release=Release.open(Path(sys.argv[1]))\n"
    "with Neo4jLoader(Address(*sys.argv[2:])) as loader: loader.stage(release); loader.publish(release)"
)
_GOALS: Mapping[str, Mapping[str, float]] = {
    "one hop": {"Neo4j": 20, "ArcadeDB": 20},
    "two hops": {"Neo4j": 100, "ArcadeDB": 300},
    "set operations": {"Neo4j": 100, "ArcadeDB": 300},
}


def engines(home: Path, work: Path) -> Iterator[Figure]:
    """All figures of both engines; `home` holds the release and its ArcadeDB, everything else is made in `work`."""
    house = House(Settings(home=home))
    release = house.release
    size = (
        f"{release.manifest['tables']['nodes']['rows']:,} nodes, {release.manifest['tables']['edges']['rows']:,} edges"
    )
    loaded = list(_load_arcade(release, work / "arcade", size))
    yield from loaded
    base = {figure.name.split(", ", 1)[1]: figure.value for figure in loaded}
    yield from _beside(_import_neo4j(release, work), base)
    server = Neo4j(work / "neo4j").start(heap="2g")
    try:
        yield from _beside(_load_neo4j(release, server), base)
        with BoltStore(server.address, 30) as store:
            store.require(release.id)
            yield from latency(release, {"Neo4j": store, "ArcadeDB": house.store})
    finally:
        server.stop()
        house.close()


def _beside(figures: Iterable[Figure], base: Mapping[str, float]) -> Iterator[Figure]:
    """Figures of Neo4j's ways of loading, with the ratio to what the embedded engine takes."""
    like = {"s": "load from the release", "MB": "peak memory of the load"}
    for figure in figures:
        other = base["on disk" if figure.name.endswith("on disk") else like[figure.unit]]
        yield replace(
            figure, note="; ".join(filter(None, (figure.note, f"{figure.value / other:.2g} times ArcadeDB's")))
        )


def _measured(words: Sequence[str], **more: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a process; raises when it fails."""
    began = time.perf_counter()
    # In a folder of its own: the embedded engine writes a log where it stands.
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryDirectory() as place:
        process = subprocess.Popen(
            words, env={**os.environ, **more}, cwd=place, stdout=subprocess.DEVNULL, stderr=errors
        )
        peak = peak_of(process)
        took = time.perf_counter() - began
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(errors.read().decode("utf-8", "replace")[-500:])
    return took, peak


def _megabytes(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def _load_arcade(release: Release, folder: Path, size: str) -> Iterator[Figure]:
    took, peak = _measured([sys.executable, "-m", "kg.stores.arcade_load", str(release.folder), str(folder)])
    yield Figure("ArcadeDB, load from the release", took, "s", note=size)
    yield Figure("ArcadeDB, peak memory of the load", peak, "MB")
    yield Figure("ArcadeDB, on disk", _megabytes(folder), "MB")


def _import_neo4j(release: Release, work: Path) -> Iterator[Figure]:
    """By files: Galenic's export, then neo4j-admin's import, then the indexes, until the release is found there."""
    files = work / "import"
    yield Figure("Neo4j, export for neo4j-admin", seconds(lambda: list(export(release, files))), "s")
    server = Neo4j(work / "imported")
    (server.home / "conf").mkdir(parents=True)
    words = shlex.split(command())[1:]
    admin = [
        "sh",
        "-c",
        'cd "$0" && exec "$@"',
        str(files),
        "java",
        "-Xmx1g",
        "-cp",
        f"{jars()}/*",
        "org.neo4j.cli.AdminTool",
        *words,
    ]
    took, peak = _measured(admin, NEO4J_HOME=str(server.home))
    yield Figure("Neo4j, neo4j-admin database import", took, "s")
    yield Figure("Neo4j, peak memory of the import", peak, "MB")
    yield Figure("Neo4j, on disk", _megabytes(server.home / "data" / "databases"), "MB")
    server.start(heap="2g")
    try:
        with GraphDatabase.driver(server.address.uri, auth=(server.address.user, server.address.password)) as driver:

            def indexed() -> None:
                for statement in index_statements():
                    driver.execute_query(statement)
                driver.execute_query("CALL db.awaitIndexes(300)")

            yield Figure("Neo4j, constraint and indexes after the import", seconds(indexed), "s")
        with BoltStore(server.address) as store:
            store.require(release.id)
    finally:
        server.stop()


def _load_neo4j(release: Release, server: Neo4j) -> Iterator[Figure]:
    address = server.address
    took, peak = _measured(
        [
            sys.executable,
            "-c",
            _LOAD,
            str(release.folder),
            address.uri,
            address.user,
            address.password,
            address.database,
        ]
    )
    yield Figure("Neo4j, load over Bolt, staged, checked and switched", took, "s")
    yield Figure("Neo4j, peak memory of the loading process", peak, "MB")
    yield Figure("Neo4j, peak memory of its server", high_water(server.pid), "MB", note="heap of 2 GB")


def latency(release: Release, stores: Mapping[str, GraphStore]) -> Iterator[Figure]:
    """Milliseconds of forms with names and evidence, every statement planned once before on other nodes."""
    warm, drawn = Drawn(release, seed=2), Drawn(release, seed=1)
    practice = [*warm.one_hop(3), *warm.two_hops(300), *warm.set_operations(400)]
    wanted: dict[str, list[Expr]] = {
        "one hop": list(drawn.one_hop(8)),
        "two hops": list(drawn.two_hops(200)),
        "set operations": list(drawn.set_operations(200)),
    }
    took: dict[tuple[str, str], list[float]] = {}
    sizes: dict[tuple[str, str], list[list[str]]] = {}
    for engine, store in stores.items():
        for form in practice:
            Executor(store, known=release.sources).nodes(form)
        for kind, forms in wanted.items():
            for form in forms:
                began = time.perf_counter()
                nodes = Executor(store, known=release.sources).nodes(form)
                took.setdefault((kind, engine), []).append((time.perf_counter() - began) * 1e3)
                sizes.setdefault((kind, engine), []).append(list(nodes))
    baseline, other = stores
    for kind, forms in wanted.items():
        for share in (50, 95, 100):
            values = {engine: float(np.percentile(took[kind, engine], share)) for engine in stores}
            name = "slowest" if share == 100 else f"p{share}"
            for engine, value in values.items():
                note = (
                    f"{value / values[baseline]:.2g} times {baseline}'s"
                    if engine == other
                    else f"{len(forms)} forms, {max(map(len, sizes[kind, baseline])):,} nodes at most"
                )
                yield Figure(
                    f"{kind}, {name}, {engine}", value, "ms", _GOALS[kind][engine] if share == 95 else None, note=note
                )
        apart = sum(a != b for a, b in zip(sizes[kind, baseline], sizes[kind, other], strict=True))
        yield Figure(f"{kind}, forms answered otherwise by {other}", apart, "", 0)


def main(home: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="galenic-bench-"))
    try:
        for figure in engines(home, work):
            print(figure.line(), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

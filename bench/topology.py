"""Figures of the topology: its build, all metapaths from drugs to diseases, single pairs, PageRank."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Figure, seconds
from kg.evidence.only import Only
from kg.evidence.permitted import Permitted
from kg.release.release import Release
from kg.topology.metapath import metapaths
from kg.topology.network import Network
from kg.topology.paths import top_paths
from kg.topology.topology import Topology
from kg.topology.whole import WholeGraph

DRUG, DISEASE = "biolink:Drug", "biolink:Disease"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
HETIONET = Only(Permitted(frozenset(["hetionet"])))
_BUILD = (
    "import re,sys,time;from pathlib import Path;from kg.release.release import Release;from kg.topology.build import "
    "build_topology;"
    "r=Release.open(Path(sys.argv[1]));t=time.perf_counter();f=build_topology(r,Path(sys.argv[2]));t=time.perf_counter()-t;"
    "print(t,int(re.search(r'VmHWM:\\s+(\\d+)',Path('/proc/self/status').read_text())[1])/1e3,f['edges'])"
)
# The pairs with a path are counted, so that nothing is left out as unused.
_COUNT = (
    "import re,sys,time;from pathlib import Path;t=time.perf_counter();from kg.topology.topology import Topology;"
    "from kg.evidence.only import Only;from kg.evidence.permitted import Permitted;"
    "from kg.topology.network import Network;from kg.topology.metapath import metapaths;from kg.topology.pathcounts "
    "import degree_weighted;"
    "n=Network(Topology(Path(sys.argv[1])),Only(Permitted(frozenset(['hetionet']))));"
    "m=metapaths('biolink:Drug','biolink:Disease',4,shortest=2);"
    "s=[(x.size,(x>0).sum()) for _,x in degree_weighted(n,m)];"
    "print(time.perf_counter()-t,int(re.search(r'VmHWM:\\s+(\\d+)',Path('/proc/self/status').read_text())[1])/1e3,"
    "len(s),s[0][0],sum(p "
    "for _,p in s))"
)


def topology(release: Release, work: Path) -> Iterator[Figure]:
    """All figures of the topology of one release, in a folder that may be deleted afterwards."""
    folder = work / "topology"
    yield from building(release, folder)
    yield from counting(folder)
    opened = Topology.open(folder, release)
    yield from looking(opened)


def building(release: Release, folder: Path) -> Iterator[Figure]:
    """The build from a release on disk, in a process of one thread."""
    took, peak, edges = _process(_BUILD, str(release.folder), str(folder))
    yield Figure("topology, build on one thread", took, "s", 5, note=f"{edges:,.0f} edges")
    yield Figure("topology, on disk", sum(p.stat().st_size for p in folder.iterdir()) / 1e6, "MB", 150)
    yield Figure("topology, peak memory of the build", peak, "MB")


def counting(folder: Path) -> Iterator[Figure]:
    """Every metapath of 2 to 4 steps from drugs to diseases over all pairs, in a process of one thread, imports
    included.
    """
    took, peak, paths, pairs, filled = _process(_COUNT, str(folder))
    yield Figure(
        "all drug-disease metapaths, DWPC",
        took,
        "s",
        20,
        note=f"{paths:,.0f} metapaths, {pairs:,.0f} pairs, {filled:,.0f} values above 0",
    )
    yield Figure("all drug-disease metapaths, peak memory", peak, "MB", 1000)


def looking(opened: Topology) -> Iterator[Figure]:
    """Opening, one pair's paths, PageRank and shortest paths, each in this process."""
    yield Figure("topology, open", seconds(lambda: Topology(opened.folder)) * 1e3, "ms")
    pick = np.random.default_rng(1).integers(0, len(opened), 1000)
    names = [opened.id(int(i)) for i in pick]
    yield Figure("topology, identifier to number", seconds(lambda: opened.indices(names)) * 1e3, "us")
    network = Network(opened, HETIONET)
    every = metapaths(DRUG, DISEASE, 4)
    enumerated: list[Any] = []
    took = seconds(lambda: enumerated.append(top_paths(network, "DRUGBANK:DB00331", "DOID:9352", every)))
    yield Figure(
        "paths of metformin and diabetes, all enumerated",
        took,
        "s",
        note=f"{enumerated[0].count:,} paths of {len(every):,} metapaths",
    )
    graph = WholeGraph(opened)
    yield Figure("whole graph, adjacency", seconds(lambda: graph.adjacency), "s")
    yield Figure("personalised PageRank", seconds(lambda: graph.pagerank({"DOID:9352": 1.0})), "s")
    yield Figure(
        "shortest paths of a pair, all counted",
        seconds(lambda: graph.shortest_paths("DRUGBANK:DB00331", "DOID:7148")) * 1e3,
        "ms",
    )


def _process(code: str, *words: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]

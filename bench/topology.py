"""Figures of the topology: its build, all metapaths from drugs to diseases, and hetmatpy beside it, result by result.

`python -m bench.topology RELEASE_FOLDER` prints them alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Figure, seconds
from kg.release.release import Release
from kg.schema import schema
from kg.topology.metapath import Metapath, Step, letters, metaedges, metapaths
from kg.topology.network import Network
from kg.topology.pathcounts import degree_weighted
from kg.topology.paths import top_paths
from kg.topology.topology import Only, Topology
from kg.topology.whole import WholeGraph

DRUG, DISEASE = "biolink:Drug", "biolink:Disease"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
HETIONET = Only(("hetionet",))
PINS = ("hetmatpy==0.1.0", "hetnetpy==0.3.1", "numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1", "regex")
_LONGEST_SECONDS = 600

_BUILD = (
    "import re,sys,time;from pathlib import Path;from kg.release.release import Release;from kg.topology.build import build_topology;"
    "r=Release.open(Path(sys.argv[1]));t=time.perf_counter();f=build_topology(r,Path(sys.argv[2]));t=time.perf_counter()-t;"
    "print(t,int(re.search(r'VmHWM:\\s+(\\d+)',Path('/proc/self/status').read_text())[1])/1e3,f['edges'])"
)
# The pairs with a path are counted, so that nothing is left out as unused.
_COUNT = (
    "import re,sys,time;from pathlib import Path;t=time.perf_counter();from kg.topology.topology import Only,Topology;"
    "from kg.topology.network import Network;from kg.topology.metapath import metapaths;from kg.topology.pathcounts import degree_weighted;"
    "n=Network(Topology(Path(sys.argv[1])),Only(('hetionet',)));m=metapaths('biolink:Drug','biolink:Disease',4,shortest=2);"
    "s=[(x.size,(x>0).sum()) for _,x in degree_weighted(n,m)];"
    "print(time.perf_counter()-t,int(re.search(r'VmHWM:\\s+(\\d+)',Path('/proc/self/status').read_text())[1])/1e3,len(s),s[0][0],sum(p for _,p in s))"
)

# Run by an environment of its own: one line of JSON and the matrix for each metapath, in the order of the plan.
_HETMATPY = """
import json, sys, time, logging
from pathlib import Path
import numpy
import hetnetpy.hetnet, hetmatpy.hetmat, hetmatpy.degree_weight as dw
logging.disable(logging.WARNING)
folder, limit = Path(sys.argv[1]), float(sys.argv[2])
plan = json.loads((folder / "plan.json").read_text())
graph = hetmatpy.hetmat.HetMat(folder, initialize=True)
graph.metagraph = hetnetpy.hetnet.MetaGraph.from_edge_tuples([tuple(t) for t in plan["metaedges"]], plan["abbreviations"])
began = time.perf_counter()
for name in plan["metapaths"]:
    path = graph.metagraph.metapath_from_abbrev(name)
    facts = {"path": name, "category": dw.categorize(path), "error": None, "shape": None}
    started = time.perf_counter()
    matrix = None
    if started - began > limit:
        facts["error"] = "out of time"
    else:
        try:
            matrix = dw.dwpc(graph, path, damping=0.4, dense_threshold=0.7)[2]
        except Exception as problem:
            facts["error"] = repr(problem)
    facts["seconds"] = time.perf_counter() - started
    if matrix is not None:
        matrix = numpy.ascontiguousarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix, dtype=numpy.float64)
        facts["shape"] = matrix.shape
    sys.stdout.buffer.write((json.dumps(facts) + chr(10)).encode())
    if matrix is not None:
        sys.stdout.buffer.write(matrix.tobytes())
    sys.stdout.buffer.flush()
"""


def topology(release: Release, work: Path) -> Iterator[Figure]:
    """All figures of the topology of one release, in a folder that may be deleted afterwards."""
    folder = work / "topology"
    yield from building(release, folder)
    yield from counting(folder)
    opened = Topology.open(folder, release)
    yield from looking(opened)
    yield from beside_hetmatpy(Network(opened, HETIONET), work / "hetmatpy")


def building(release: Release, folder: Path) -> Iterator[Figure]:
    """The build from a release on disk, in a process of one thread."""
    took, peak, edges = _process(_BUILD, str(release.folder), str(folder))
    yield Figure("topology, build on one thread", took, "s", 5, note=f"{edges:,.0f} edges")
    yield Figure("topology, on disk", sum(p.stat().st_size for p in folder.iterdir()) / 1e6, "MB", 150)
    yield Figure("topology, peak memory of the build", peak, "MB")


def counting(folder: Path) -> Iterator[Figure]:
    """Every metapath of 2 to 4 steps from drugs to diseases over all pairs, in a process of one thread, imports included."""
    took, peak, paths, pairs, filled = _process(_COUNT, str(folder))
    yield Figure("all drug-disease metapaths, DWPC", took, "s", 20, note=f"{paths:,.0f} metapaths, {pairs:,.0f} pairs, {filled:,.0f} values above 0")
    yield Figure("all drug-disease metapaths, peak memory", peak, "MB", 1000)


def looking(opened: Topology) -> Iterator[Figure]:
    """Opening, one pair's paths, PageRank and shortest paths, each in this process."""
    yield Figure("topology, open", seconds(lambda: Topology(opened.folder)) * 1e3, "ms")
    pick = np.random.default_rng(1).integers(0, len(opened), 1000)
    names = [opened.id(int(i)) for i in pick]
    yield Figure("topology, identifier to number", seconds(lambda: opened.indices(names)) * 1e3, "us")
    network = Network(opened, HETIONET)
    every = metapaths(DRUG, DISEASE, 4)
    found: list[Any] = []
    took = seconds(lambda: found.append(top_paths(network, "DRUGBANK:DB00331", "DOID:9352", every)))
    yield Figure("paths of metformin and diabetes, all enumerated", took, "s", note=f"{found[0].count:,} paths of {len(every):,} metapaths")
    graph = WholeGraph(opened)
    yield Figure("whole graph, adjacency", seconds(lambda: graph.adjacency), "s")
    yield Figure("personalised PageRank", seconds(lambda: graph.pagerank({"DOID:9352": 1.0})), "s")
    yield Figure("shortest paths of a pair, all counted", seconds(lambda: graph.shortest_paths("DRUGBANK:DB00331", "DOID:7148")) * 1e3, "ms")


def beside_hetmatpy(network: Network, folder: Path) -> Iterator[Figure]:
    """The same scores by hetmatpy (https://github.com/hetio/hetmatpy) in an environment of its own, compared one by one."""
    python = _environment(folder / "env")
    paths = metapaths(DRUG, DISEASE, 4, shortest=2)
    ordered = [path for path, _ in degree_weighted(network, paths, network.ids(DRUG)[:1], network.ids(DISEASE)[:1])]
    plan = folder / "hetmat"
    _export(network, ordered, plan)
    command = [str(python), "-c", _HETMATPY, str(plan), str(_LONGEST_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD}) as theirs:
        yield from _compared(network, ordered, theirs.stdout)


def _compared(network: Network, paths: list[Metapath], stream: Any) -> Iterator[Figure]:
    spent, errors, categories = 0.0, Counter[str](), Counter[str]()
    worst, stray, apart, equal = 0.0, 0.0, list[str](), 0
    # Both go through the metapaths in one order, so that only one pair of matrices is held.
    for path, ours in degree_weighted(network, paths):
        facts = json.loads(stream.readline())
        assert facts["path"] == str(path)
        spent += facts["seconds"]
        if facts["error"]:
            errors[f"{facts['category']}: {facts['error']}"] += 1
            continue
        theirs = np.frombuffer(stream.read(ours.nbytes)).reshape(facts["shape"])
        some = ours > 0
        difference = float((np.abs(theirs - ours)[some] / ours[some]).max(initial=0.0))
        left = float(np.abs(theirs[~some]).max(initial=0.0))
        if difference > 1e-6 or left > 1e-9:
            apart.append(f"{path} ({facts['category']}, {difference:.1e}, {left:.1e})")
            continue
        categories[facts["category"]] += 1
        worst, stray, equal = max(worst, difference), max(stray, left), equal + 1
    covered = ", ".join(f"{number} {category}" for category, number in categories.most_common())
    refused = "; ".join(f"{number} x {error}" for error, number in errors.items())
    yield Figure("hetmatpy, the same metapaths", spent, "s", note=refused)
    yield Figure("metapaths equal to hetmatpy's", equal, "", note=covered)
    yield Figure("metapaths not equal to hetmatpy's", len(apart), "", 0, note="; ".join(apart))
    yield Figure("largest relative difference to hetmatpy", worst, "", 1e-6, note=f"where there is no path hetmatpy leaves at most {stray:.1e}")


def _export(network: Network, paths: list[Metapath], folder: Path) -> None:
    """The network in hetmatpy's layout: nodes as TSV, metaedges as sparse matrices, and what is to be counted."""
    from scipy import sparse

    (folder / "nodes").mkdir(parents=True)
    (folder / "edges").mkdir()
    kinds = {kind.category: name for name, kind in schema().by_hetionet_kind().items()}
    for category, name in kinds.items():
        rows = [f"{n}\t{identifier}\t{identifier}\n" for n, identifier in enumerate(network.ids(category))]
        (folder / "nodes" / f"{name}.tsv").write_text("".join(["position\tidentifier\tname\n", *rows]), "utf-8")
    edges, abbreviations = [], {name: letters(category) for category, name in kinds.items()}
    for name in metaedges():
        relation, step = schema().relation(name), Step(name)
        abbreviations[name] = step.verb.rstrip(">")
        edges.append((kinds[relation.subject], kinds[relation.object], name, "forward" if step.verb.endswith(">") else "both"))
        sparse.save_npz(folder / "edges" / f"{relation.metaedge}.sparse.npz", network.binary(step))
    plan = {"metaedges": edges, "abbreviations": abbreviations, "metapaths": [str(p) for p in paths]}
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")


def _environment(folder: Path) -> Path:
    """An environment with hetmatpy; returns its Python."""
    subprocess.run([sys.executable, "-m", "venv", *(["--without-pip"] if shutil.which("uv") else []), str(folder)], check=True)
    python = folder / "bin" / "python"
    installer = ["uv", "pip", "install", "-q", "-p", str(python)] if shutil.which("uv") else [str(python), "-m", "pip", "install", "-q"]
    subprocess.run([*installer, *PINS], check=True)
    return python


def _process(code: str, *words: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", code, *words], env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main(release: Path) -> None:
    work = Path(tempfile.mkdtemp(prefix="galenic-bench-"))
    try:
        for figure in topology(Release.open(release), work):
            print(figure.line(), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

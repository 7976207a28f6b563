"""The metapaths from drugs to diseases by hetmatpy (https://github.com/hetio/hetmatpy), compared with ours result
by result.

hetmatpy runs in an environment of its own; it takes an hour or so for all of them, so it may be given fewer seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Figure
from bench.topology import DISEASE, DRUG, HETIONET, ONE_THREAD
from kg.release.release import Release
from kg.schema import schema
from kg.topology.build import build_topology
from kg.topology.metapath import Metapath, Step, letters, metaedges, metapaths
from kg.topology.network import Network
from kg.topology.pathcounts import degree_weighted
from kg.topology.topology import Topology

# Of a metapath that is counted anew by enumeration: so many drugs, none with more walks than this.
_DRUGS, _MOST_WALKS = 20, 200_000
PINS = ("hetmatpy==0.1.0", "hetnetpy==0.3.1", "numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1", "regex")

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
graph.metagraph = hetnetpy.hetnet.MetaGraph.from_edge_tuples([tuple(t) for t in plan["metaedges"]],
plan["abbreviations"])
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
        matrix = numpy.ascontiguousarray(matrix.toarray() if hasattr(matrix, "toarray") else matrix,
        dtype=numpy.float64)
        facts["shape"] = matrix.shape
    sys.stdout.buffer.write((json.dumps(facts) + chr(10)).encode())
    if matrix is not None:
        sys.stdout.buffer.write(matrix.tobytes())
    sys.stdout.buffer.flush()
"""


def hetmatpy(release: Release, folder: Path, longest: float) -> Iterator[Figure]:
    """Degree-weighted path counts of all pairs by both, one thread each; metapaths that hetmatpy has not begun after
    `longest` seconds are left out.
    """
    build_topology(release, folder / "topology")
    network = Network(Topology.open(folder / "topology", release), HETIONET)
    python = _environment(folder / "env")
    paths = metapaths(DRUG, DISEASE, 4, shortest=2)
    ordered = [path for path, _ in degree_weighted(network, paths, network.ids(DRUG)[:1], network.ids(DISEASE)[:1])]
    plan = folder / "hetmat"
    _export(network, ordered, plan)
    command = [str(python), "-c", _HETMATPY, str(plan), str(longest)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD}
    ) as theirs:
        yield from _compared(network, ordered, theirs.stdout)


def _compared(network: Network, paths: list[Metapath], stream: Any) -> Iterator[Figure]:
    spent, own, errors, categories = 0.0, 0.0, Counter[str](), Counter[str]()
    worst, stray, apart, equal = 0.0, 0.0, list[str](), 0
    counted_anew = Counter[bool]()
    # Both go through the metapaths in one order, so that only one pair of matrices is held.
    every = degree_weighted(network, paths)
    while True:
        began = time.perf_counter()
        if (counted := next(every, None)) is None:
            break
        path, ours = counted
        took = time.perf_counter() - began
        facts = json.loads(stream.readline())
        assert facts["path"] == str(path)
        if facts["error"]:
            errors[f"{facts['category']}: {facts['error']}"] += 1
            if facts["error"] != "out of time":
                counted_anew[_enumerated_alike(network, path, ours)] += 1
            continue
        spent, own = spent + facts["seconds"], own + took
        theirs = np.frombuffer(stream.read(ours.nbytes)).reshape(facts["shape"])
        some = ours > 0
        difference = float((np.abs(theirs - ours)[some] / ours[some]).max(initial=0.0))
        left = float(np.abs(theirs[~some]).max(initial=0.0))
        if difference > 1e-6 or left > 1e-9:
            apart.append(f"{path} ({facts['category']})")
            counted_anew[_enumerated_alike(network, path, ours)] += 1
            continue
        categories[facts["category"]] += 1
        worst, stray, equal = max(worst, difference), max(stray, left), equal + 1
    covered = ", ".join(f"{number} {category}" for category, number in categories.most_common())
    refused = "; ".join(f"{number} x {error}" for error, number in errors.items())
    yield Figure("metapaths by hetmatpy", spent, "s", note=refused)
    yield Figure("the same metapaths by Galenic", own, "s", note=f"{spent / own:,.0f} times faster")
    yield Figure("metapaths equal to hetmatpy's", equal, "", note=f"of {len(paths):,}; {covered}")
    yield Figure("metapaths not equal to hetmatpy's", len(apart), "", note="; ".join(apart))
    yield Figure(
        "of these and the refused, equal to paths enumerated one by one",
        counted_anew[True],
        "",
        note=f"from {_DRUGS} drugs each",
    )
    yield Figure("of these and the refused, not equal to them", counted_anew[False], "", 0)
    yield Figure(
        "largest relative difference to hetmatpy",
        worst,
        "",
        1e-6,
        note=f"where there is no path hetmatpy leaves at most {stray:.1e}",
    )


def _enumerated_alike(network: Network, path: Metapath, ours: Any) -> bool:
    """Whether the scores of some drugs are the sums over their paths, walked one by one without coming to a node
    again.
    """
    weights = []
    for step in path.steps:
        edges = network.binary(step).astype(float)
        ahead, back = (np.maximum(np.asarray(edges.sum(axis)).ravel(), 1) ** -0.4 for axis in (1, 0))
        weights.append(edges.multiply(ahead[:, None]).multiply(back[None, :]).tocsr())
    kinds = path.categories
    checked = 0
    for drug in np.random.default_rng(1).permutation(ours.shape[0]):
        walks: list[tuple[tuple[int, ...], float]] = [((int(drug),), 1.0)]
        for at, edges in enumerate(weights, 1):
            walks = [
                ((*nodes, int(there)), score * weight)
                for nodes, score in walks
                for there, weight in _neighbours(edges, nodes[-1])
                if not any(kind == kinds[at] and node == there for kind, node in zip(kinds, nodes, strict=False))
            ]
            if len(walks) > _MOST_WALKS:
                break
        else:
            row = np.zeros(ours.shape[1])
            np.add.at(row, [nodes[-1] for nodes, _ in walks], [score for _, score in walks])
            if not np.allclose(row, ours[drug], rtol=1e-9, atol=1e-12):
                return False
            checked += 1
            if checked == _DRUGS:
                return True
    return checked > 0


def _neighbours(edges: Any, node: int) -> Iterator[tuple[int, float]]:
    part = slice(edges.indptr[node], edges.indptr[node + 1])
    return zip(edges.indices[part], edges.data[part], strict=True)


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
        edges.append(
            (kinds[relation.subject], kinds[relation.object], name, "forward" if step.verb.endswith(">") else "both")
        )
        sparse.save_npz(folder / "edges" / f"{relation.metaedge}.sparse.npz", network.binary(step))
    plan = {"metaedges": edges, "abbreviations": abbreviations, "metapaths": [str(p) for p in paths]}
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")


def _environment(folder: Path) -> Path:
    """An environment with hetmatpy; returns its Python."""
    subprocess.run(
        [sys.executable, "-m", "venv", *(["--without-pip"] if shutil.which("uv") else []), str(folder)], check=True
    )
    python = folder / "bin" / "python"
    installer = (
        ["uv", "pip", "install", "-q", "-p", str(python)]
        if shutil.which("uv")
        else [str(python), "-m", "pip", "install", "-q"]
    )
    subprocess.run([*installer, *PINS], check=True)
    return python

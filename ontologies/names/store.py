"""The index of names on disk: memory-mapped arrays, so that opening it costs milliseconds."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontologies.errors import OntologyError
from ontologies.names import normal

FORMAT = 6
_GENE = "biolink:Gene"
# What a name is to its node, and how much it weighs.
KINDS: dict[str, float] = {
    "preferred": 1.0,
    "official": 0.985,
    "lay": 0.975,
    "exact": 0.97,
    "brand": 0.96,
    "form": 0.955,
    "plural": 0.95,
    "clinical": 1.0,
    "abbreviation": 0.94,
    "entry": 0.93,
    "code": 0.93,
    "symbol": 0.92,
    "former": 0.91,
    "systematic": 0.9,
    "related": 0.85,
    "misspelling": 0.85,
    "narrow": 0.8,
    "broad": 0.75,
}
KIND_NAMES = tuple(KINDS)
WHY = {
    "preferred": "its name",
    "official": "an official name",
    "exact": "a synonym",
    "brand": "a brand name",
    "lay": "an everyday name",
    "form": "a form of it",
    "plural": "its plural",
    "clinical": "a clinical abbreviation",
    "abbreviation": "an abbreviation",
    "entry": "an index term",
    "code": "a code",
    "symbol": "a gene alias",
    "former": "a former symbol",
    "systematic": "a systematic name",
    "misspelling": "a known misspelling",
    "related": "a related name",
    "narrow": "a narrower name",
    "broad": "a broader name",
}


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One name of one node; `kind` is a key of `KINDS`, `weight` the share of its uses in which it means the node."""

    id: str
    category: str
    name: str
    kind: str
    weight: float = 1.0


class Texts:
    """Many texts in one blob: `texts[n]` is the n-th."""

    def __init__(self, blob: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        self._blob, self._starts = blob, starts

    def __getitem__(self, n: int) -> str:
        return bytes(self._blob[self._starts[n] : self._starts[n + 1]]).decode()

    def __len__(self) -> int:
        return len(self._starts) - 1

    @staticmethod
    def pack(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The blob and the offsets of texts."""
        coded = [t.encode() for t in texts]
        starts = np.concatenate([[0], np.cumsum([len(c) for c in coded])]).astype(np.int64)
        return np.frombuffer(b"".join(coded), np.uint8), starts


def trigrams(keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(trigram code, row) pairs of ASCII keys padded with a space at both ends, without repeats."""
    coded = [b" " + k.encode("ascii", "replace") + b" " for k in keys]
    lengths = np.array([len(c) for c in coded], np.int64)
    blob = np.frombuffer(b"".join(coded), np.uint8).astype(np.int64)
    if len(blob) < 3:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    codes = (blob[:-2] << 16) | (blob[1:-1] << 8) | blob[2:]
    rows = np.repeat(np.arange(len(coded)), lengths)
    inside = rows[:-2] == rows[2:]
    pairs = np.unique(codes[inside] * (len(coded) + 1) + rows[:-2][inside])
    return pairs // (len(coded) + 1), pairs % (len(coded) + 1)


def build(
    entries: Iterable[NameEntry],
    folder: Path,
    release: str,
    degrees: Mapping[str, int],
    words: Iterable[str] = (),
    identifiers: Iterable[tuple[str, str]] = (),
) -> None:
    """Write the index of all names.

    `words` are ordinary words of the release's texts, which are no unknown names; `identifiers` are further ones of
    nodes: (identifier, the node's own).
    """
    listed = list(dict.fromkeys(entries))
    nodes = list(dict.fromkeys((e.id, e.category) for e in listed))
    number = {node: n for n, node in enumerate(nodes)}
    preferred = {(e.id, e.category): e.name for e in reversed(listed) if e.kind == "preferred"}
    categories = sorted({c for _, c in nodes})
    keys = [normal.key(e.name) for e in listed]
    loose = [normal.loose(k) for k in keys]
    distinct = sorted({k for k, e in zip(keys, listed, strict=True) if _may_be_mistyped(k, e)})
    grams, rows = trigrams(distinct)
    gram_codes, gram_starts = np.unique(grams, return_index=True)
    names_words = {w for k in keys for w in k.split()}
    arrays: dict[str, NDArray[Any]] = {
        "entry_node": np.array([number[(e.id, e.category)] for e in listed], np.int32),
        "entry_weight": np.array([e.weight for e in listed], np.float16),
        "entry_kind": np.array([KIND_NAMES.index(e.kind) for e in listed], np.uint8),
        "node_category": np.array([categories.index(c) for _, c in nodes], np.uint8),
        "node_degree": np.array([degrees.get(i, 0) for i, _ in nodes], np.int32),
        "fuzzy_grams": gram_codes,
        "fuzzy_starts": np.append(gram_starts, len(grams)).astype(np.int64),
        "fuzzy_rows": rows.astype(np.int32),
        "fuzzy_lengths": np.array([len(k) for k in distinct], np.int32),
        "words": np.sort(np.array([normal.digest(w) for w in names_words | set(words)], np.uint64)),
        "named": np.sort(np.array([normal.digest(w) for w in names_words], np.uint64)),
        "common": np.sort(np.array([normal.digest(w) for w in set(words)], np.uint64)),
    }
    first = {identifier: n for n, (identifier, _) in reversed(list(enumerate(nodes)))}
    coded = {own.casefold(): n for own, n in first.items()}
    for other, own in identifiers:
        if own in first:
            coded.setdefault(other.casefold(), first[own])
    # A symbol is the same without the spaces that its hyphens leave.
    closed = [
        (k.replace(" ", ""), n)
        for n, (k, e) in enumerate(zip(keys, listed, strict=True))
        if e.category == _GENE and e.kind in ("preferred", "symbol", "former") and " " in k and len(k) <= 12
    ]
    for name, texts, owners in (
        ("exact", [*keys, *(k for k, _ in closed)], [*range(len(keys)), *(n for _, n in closed)]),
        ("loose", loose, range(len(keys))),
        ("id", list(coded), list(coded.values())),
    ):
        hashes = np.array([normal.digest(t) for t in texts], np.uint64)
        order = np.argsort(hashes, kind="stable")
        arrays[f"{name}_hash"], arrays[f"{name}_entry"] = hashes[order], np.array(owners, np.int32)[order]
    for name, texts in (
        ("entry_name", [e.name for e in listed]),
        ("node_id", [i for i, _ in nodes]),
        ("node_name", [preferred.get(n, n[0]) for n in nodes]),
        ("fuzzy_key", distinct),
    ):
        arrays[f"{name}_blob"], arrays[f"{name}_starts"] = Texts.pack(texts)
    _write(
        folder,
        arrays,
        {"format": FORMAT, "release": release, "categories": categories, "names": len(listed), "nodes": len(nodes)},
    )


def _may_be_mistyped(text: str, entry: NameEntry) -> bool:
    """Gene symbols and short names are never matched by likeness: one letter makes another gene."""
    if entry.category == "biolink:Gene" and entry.kind in ("preferred", "symbol"):
        return False
    return len(text) >= 5 and text.isascii() and len(text) <= 60


def _write(folder: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(work / f"{name}.npy", array)
    (work / "names.json").write_text(json.dumps(dict(facts)), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)


class NameStore:
    """The arrays of an index; raises `OntologyError` when there is none or of another version."""

    def __init__(self, folder: Path) -> None:
        try:
            self.facts = json.loads((folder / "names.json").read_text("utf-8"))
        except (OSError, ValueError):
            raise OntologyError(f"no index of names in {folder}; run `galenic build`") from None
        if self.facts["format"] != FORMAT:
            raise OntologyError(f"the index of names in {folder} was made by another version; run `galenic build`")
        self.categories: list[str] = self.facts["categories"]
        self._folder = folder
        self.entry_node, self.entry_kind = self._array("entry_node"), self._array("entry_kind")
        self.entry_weight = self._array("entry_weight")
        self.node_category, self.node_degree = self._array("node_category"), self._array("node_degree")
        self.exact_hash, self.exact_entry = self._array("exact_hash"), self._array("exact_entry")
        self.loose_hash, self.loose_entry = self._array("loose_hash"), self._array("loose_entry")
        self.fuzzy_grams, self.fuzzy_starts = self._array("fuzzy_grams"), self._array("fuzzy_starts")
        self.id_hash, self.id_entry = self._array("id_hash"), self._array("id_entry")
        self.fuzzy_rows, self.fuzzy_lengths = self._array("fuzzy_rows"), self._array("fuzzy_lengths")
        self.words, self.common, self.named = (self._array(name) for name in ("words", "common", "named"))
        self.entry_name, self.node_id = self._texts("entry_name"), self._texts("node_id")
        self.node_name, self.fuzzy_key = self._texts("node_name"), self._texts("fuzzy_key")

    @property
    def release(self) -> str:
        """The id of the release whose names these are."""
        return str(self.facts["release"])

    def _array(self, name: str) -> NDArray[Any]:
        return np.asarray(np.load(self._folder / f"{name}.npy", mmap_mode="r"))

    def _texts(self, name: str) -> Texts:
        return Texts(self._array(f"{name}_blob"), self._array(f"{name}_starts"))

    def entries(self, hashes: NDArray[Any], order: NDArray[Any], text: str) -> NDArray[Any]:
        """Entries whose normal form has the hash of `text`."""
        wanted = np.uint64(normal.digest(text))
        first = int(np.searchsorted(hashes, wanted, "left"))
        last = int(np.searchsorted(hashes, wanted, "right"))
        return order[first:last]

    def has(self, array: NDArray[Any], text: str) -> bool:
        """Whether a sorted array of hashes holds a text's."""
        wanted = np.uint64(normal.digest(text))
        place = int(np.searchsorted(array, wanted))
        return place < len(array) and bool(array[place] == wanted)

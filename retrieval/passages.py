"""Passages for a question: BM25 and vectors, fused, filtered by source, year and section."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kg.release.release import Release
from retrieval import lexical, vectors
from retrieval.cache import VectorCache
from retrieval.embedder import Encoder
from retrieval.errors import IndexMissing
from retrieval.speaking import Thing

_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that fits a question; `score` is the fused score, 0 to 1, `mentions` are the things linked in it."""

    citation: str
    passage: str
    section: str
    score: float
    source: str
    text: str
    title: str
    year: int | None
    retracted: bool
    mentions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Filters:
    """What passages may be shown: sources, first and last year, sections, a mentioned entity or category of entity.

    `things` are all linked in a passage, or have all words of a name in it; `retrieval.speaking` tells whether as a
    name.
    """

    sources: Collection[str] | None = None
    first_year: int | None = None
    last_year: int | None = None
    sections: Collection[str] | None = None
    mentions: str | None = None
    category: str | None = None
    things: Sequence[Thing] = ()


def indexed_text(title: pl.Expr, text: pl.Expr) -> pl.Expr:
    """What is indexed of a passage: its document's title, then its own text."""
    return title.fill_null("") + pl.lit("\n") + text


def rows(release: Release) -> pl.DataFrame:
    """Passages with title, year and retraction of their documents, in index order."""
    citations = release.scan("citations").select(citation="id", title="title", year="year", retracted="retracted")
    return release.scan("passages").join(citations, on="citation", how="left", maintain_order="left").collect()


class PassageIndex:
    """The index of one release: `build` makes it, opening it refuses another release's."""

    def __init__(self, folder: Path, release: Release, encoder: Encoder) -> None:
        self.folder, self.release, self.encoder = folder, release, encoder
        self.facts = read_facts(folder)
        release.refuse_other("passage index", str(self.facts["release"]))
        if self.facts["encoder"] != encoder.name:
            raise IndexMissing(
                f"the passage index was made with {self.facts['encoder']}, not {encoder.name}; run `galenic build`"
            )

    @cached_property
    def _rows(self) -> pl.DataFrame:
        return rows(self.release)

    @cached_property
    def nearest(self) -> vectors.VectorIndex:
        """The vectors of all passages, in index order."""
        return vectors.VectorIndex(self.folder / "vectors.faiss")

    @cached_property
    def _lexical(self) -> lexical.LexicalIndex:
        return lexical.LexicalIndex(self.folder / "bm25")

    def __len__(self) -> int:
        return int(self.facts["passages"])

    def search(
        self, query: str, top: int = 10, filters: Filters | None = None, dense: float | None = None
    ) -> list[Hit]:
        """The best passages, best first, at most one of them from a passage of the same document and section."""
        if not len(self) or not query.strip():
            return []
        fused = self.fused(query, dense)
        if filters is not None:
            fused = np.where(self.allowed(filters), fused, -1.0)
        count = min(top, len(fused))
        best = np.argpartition(-fused, count - 1)[:count]
        best = best[np.lexsort((best, -fused[best]))]
        return [self._hit(int(n), float(fused[n])) for n in best if fused[n] > 0]

    def knows(self, start: str) -> bool:
        """Whether any passage has a word that begins so."""
        return len(self) > 0 and self._lexical.knows(start.casefold())

    def holds(self, name: str) -> bool:
        """Whether any passage has all words of a name, which may carry its scope after a tab."""
        return len(self) > 0 and bool(self._lexical.holding([name.partition("\t")[0]]).any())

    def fused(self, query: str, dense: float | None = None) -> NDArray[np.float32]:
        """The fused score of every passage: both sides weighted, with the encoder's own share for the dense one."""
        words, meaning = self.sides(query)
        share = self.encoder.share if dense is None else dense
        return np.asarray(share * meaning + (1 - share) * words, np.float32)

    def sides(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The scores of every passage by words and by meaning, each scaled to 0..1 by its own best."""
        words = self._lexical.scores(query)
        words = words / (words.max() or 1.0)
        vector = self.encoder.encode_query(query)
        meaning = self.nearest.scores(vector)
        if meaning is None:
            places, cosines = self.nearest.search(vector, _CANDIDATES)
            meaning = np.zeros(len(self), np.float32)
            meaning[places] = cosines
        meaning = np.clip(meaning, 0, None)
        return words, meaning / (meaning.max() or 1.0)

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Which passages the filters let through."""
        tests = [pl.col("id").is_not_null()]
        if filters.sources is not None:
            tests.append(pl.col("source").is_in(list(filters.sources)))
        if filters.first_year is not None:
            tests.append(pl.col("year") >= filters.first_year)
        if filters.last_year is not None:
            tests.append(pl.col("year") <= filters.last_year)
        if filters.sections is not None:
            tests.append(pl.col("section").is_in(list(filters.sections)))
        for field, wanted in (("id", filters.mentions), ("category", filters.category)):
            if wanted is not None:
                tests.append(pl.col("mentions").list.eval(pl.element().struct.field(field) == wanted).list.any())
        kept = self._rows.select(pl.all_horizontal(tests).fill_null(False).alias("kept"))["kept"]
        allowed: NDArray[np.bool_] = kept.to_numpy()
        for thing in filters.things:
            allowed = allowed & (
                self._lexical.holding(n.partition("\t")[0] for n in thing.names) | self._linked(thing.id)
            )
        return allowed

    def _linked(self, identifier: str) -> NDArray[np.bool_]:
        """Which passages have a linked mention of a thing."""
        linked = np.zeros(len(self._rows), np.bool_)
        if identifier in self._places:
            linked[self._places[identifier]] = True
        return linked

    @cached_property
    def _places(self) -> Mapping[str, NDArray[np.intp]]:
        """The rows of the passages that each thing is linked in."""
        ids = self._rows.select("mentions").with_row_index("row").explode("mentions").drop_nulls()
        ids = ids.with_columns(pl.col("mentions").struct.field("id")).group_by("id").agg("row")
        return {identifier: np.array(rows, np.intp) for identifier, rows in ids.iter_rows()}

    def _hit(self, row: int, score: float) -> Hit:
        passage = self._rows.row(row, named=True)
        return Hit(
            passage["citation"],
            passage["id"],
            passage["section"],
            score,
            passage["source"],
            passage["text"],
            passage["title"] or "",
            passage["year"],
            bool(passage["retracted"]),
            frozenset(mention["id"] for mention in passage["mentions"]),
        )


def read_facts(folder: Path) -> dict[str, str | int]:
    """What an index says of itself; raises `IndexMissing` when there is none."""
    try:
        facts: dict[str, str | int] = json.loads((folder / "index.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise IndexMissing(f"no passage index in {folder}; run `galenic build`") from None
    return facts


def build(
    release: Release,
    folder: Path,
    cache: Path,
    encoder: Encoder,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, str | int]:
    """Index the passages of a release into `folder`, all of it or nothing; returns its facts."""
    try:
        facts = read_facts(folder)
        if facts["release"] == release.id and facts["encoder"] == encoder.name:
            return facts
    except IndexMissing:
        pass
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    table = rows(release).select(text=indexed_text(pl.col("title"), pl.col("text")))
    texts = table["text"].to_list()
    embedded, fresh = VectorCache(cache, encoder).encode(texts, progress)
    kind = vectors.build(embedded, work / "vectors.faiss")
    if texts:
        lexical.build(texts, work / "bm25")
    facts = {"release": release.id, "encoder": encoder.name, "passages": len(texts), "embedded": fresh, "kind": kind}
    (work / "index.json").write_text(json.dumps(facts), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return facts

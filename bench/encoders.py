"""Encoders side by side: the cold embedding of all passages, the time of a query, and SciFact's training claims."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.measure import Figure, seconds
from galenic.evaluation.scifact import claims, gains
from galenic.house import House
from kg.release.release import Release
from retrieval import passages
from retrieval.catalogue import CARDS, EncoderCard
from retrieval.passages import PassageIndex
from retrieval.shelf import EncoderShelf

SHARES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def encoders(house: House, work: Path, names: Sequence[str] = ("minilm", "bge-small")) -> Iterator[Figure]:
    """Each encoder on one thread, all passages embedded anew, and how well it finds SciFact's papers."""
    data = house.settings.data
    assert data is not None
    shelf = EncoderShelf(house.home / "models", house.settings.downloads)
    for name in names:
        card = CARDS[name]
        shelf.add(card)
        yield from _encoder(card, shelf, house.release, work / "encoders" / name, data)


def _encoder(card: EncoderCard, shelf: EncoderShelf, release: Release, work: Path, data: Path) -> Iterator[Figure]:
    encoder = shelf.open(card, threads=1)
    work.mkdir(parents=True)
    mark, spent = time.perf_counter(), time.process_time()
    facts = passages.build(release, work / "index", work / "cache", encoder)
    note = f"{time.process_time() - spent:.0f} s of processor time"
    name = f"{card.name}: {int(facts['passages']):,} passages indexed, none cached, one thread"
    yield Figure(name, time.perf_counter() - mark, "s", note=note)
    index = PassageIndex(work / "index", release, encoder)
    listed = [text for text, _ in claims(data)][:200]
    took = [seconds(lambda text=text: encoder.encode_query(text)) * 1e3 for text in listed]  # type: ignore[misc]
    yield Figure(f"{card.name}: one query to its vector, p50", statistics.median(took), "ms")
    yield from found(index, data, f"{card.name}: ")


def found(index: PassageIndex, data: Path, before: str = "") -> Iterator[Figure]:
    """SciFact's training claims: nDCG at 10 for each share of the dense score."""
    asked = claims(data)
    for share, gain in gains(index, asked, SHARES).items():
        kind = {0.0: "BM25 alone", 1.0: "dense alone"}.get(share, f"dense share {share}")
        chosen = " (its own)" if abs(share - index.encoder.share) < 0.01 else ""
        name = f"{before}SciFact training claims, nDCG@10, {kind}{chosen}"
        yield Figure(name, gain, "", note=f"{len(asked)} claims")

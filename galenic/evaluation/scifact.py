"""SciFact's training claims as queries: how well their papers are found by words, by meaning, and by both."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from galenic.evaluation.benchmarks import Row
from retrieval import passages
from retrieval.passages import Filters, PassageIndex

_FIRST = 10
_GAIN = 1 / np.log2(np.arange(2, _FIRST + 2))
# A paper may have several passages.
_PASSAGES = 40


def claims(data: Path) -> list[tuple[str, set[str]]]:
    """The claims that have papers, each with these."""
    lines = (data / "scifact" / "queries-train.jsonl").read_text("utf-8").splitlines()
    texts = {r["_id"]: r["text"] for r in map(json.loads, lines)}
    wanted: dict[str, set[str]] = {}
    for line in (data / "scifact" / "qrels-train.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            wanted.setdefault(query, set()).add(f"S2:{document}")
    return [(texts[query], wanted[query]) for query in sorted(wanted)]


def gains(index: PassageIndex, asked: Sequence[tuple[str, set[str]]], shares: Sequence[float]) -> dict[float, float]:
    """By share of the dense score: the mean over the claims of nDCG at 10, among SciFact's own papers."""
    only = index.allowed(Filters(sources=["scifact"]))
    papers = passages.rows(index.release)["citation"].to_numpy()
    found: dict[float, list[float]] = {share: [] for share in shares}
    for text, wanted in asked:
        words, meaning = index.sides(text)
        for share in shares:
            fused = np.where(only, share * meaning + (1 - share) * words, -1.0)
            best = np.argsort(-fused, kind="stable")[:_PASSAGES]
            ranked = list(dict.fromkeys(papers[best]))[:_FIRST]
            gain = sum(_GAIN[n] for n, paper in enumerate(ranked) if paper in wanted)
            found[share].append(float(gain / _GAIN[: len(wanted)].sum()))
    return {share: statistics.fmean(values) for share, values in found.items()}


def scifact(index: PassageIndex, asked: Sequence[tuple[str, set[str]]]) -> Row:
    """nDCG at 10 of the score that answers use, with words alone and meaning alone beside it."""
    share = index.encoder.share
    found = gains(index, asked, sorted({0.0, share, 1.0}))
    beside = f"BM25 {found[0.0]:.3f}; dense {found[1.0]:.3f} ({index.encoder.name.partition('-')[0]})"
    return Row(
        "SciFact", f"training claims, nDCG@10, dense share {share}", len(asked), round(found[share], 4), beside=beside
    )

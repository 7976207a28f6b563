"""Hypotheses as a Parquet file with the columns that other tools expect."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from galenic.hypotheses.ranking import Hypothesis, Ranking

COLUMNS = ("drug", "disease", "score", "probability", "rank", "prior_score", "prior_rank", "known")


def write(found: Sequence[Hypothesis], file: Path) -> int:
    """Write hypotheses, whole or not at all; how many."""
    _put(_frame(found), file)
    return len(found)


def write_all(ranking: Ranking, file: Path) -> int:
    """Write every drug with every disease, `rank` that of the drug for the disease; how many."""
    frames = [_frame(ranking.of_disease(disease)) for disease in ranking.universe.diseases]
    _put(pl.concat(frames), file)
    return sum(frame.height for frame in frames)


def _frame(found: Sequence[Hypothesis]) -> pl.DataFrame:
    kinds = (pl.String, pl.String, pl.Float64, pl.Float64, pl.Int32, pl.Float64, pl.Int32, pl.Boolean)
    columns = {name: [getattr(h, name) for h in found] for name in COLUMNS}
    return pl.DataFrame(columns, schema=dict(zip(COLUMNS, kinds, strict=True)))


def _put(frame: pl.DataFrame, file: Path) -> None:
    work = file.with_name(f".{file.name}-{os.getpid()}")
    frame.write_parquet(work)
    work.replace(file)

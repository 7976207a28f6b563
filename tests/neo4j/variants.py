"""Releases that differ from a given one in whole tables, for loading one after the other."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kg.release.release import TABLES, Release, write_release


def variant(release: Release, folder: Path, **tables: pl.DataFrame) -> Release:
    """A release in `folder` with some of its tables replaced; its id follows from its content."""
    facts = {key: value for key, value in release.manifest.items() if key not in ("format", "id", "tables")}
    return write_release(folder, {name: tables.get(name, release.read(name)) for name in TABLES}, facts)

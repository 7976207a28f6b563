"""When an edge was said: the latest year of its publications, as far as the release knows their years."""

from __future__ import annotations

import polars as pl

from kg.release.release import Release


def edge_years(release: Release) -> pl.DataFrame:
    """Columns id and year (Int32) of the edges that have a publication whose year is known; the others are left out."""
    publications = (
        release.scan("edges")
        .select("id", "publications")
        .filter(pl.col("publications").list.len() > 0)
        .explode("publications", empty_as_null=False)
    )
    years = release.scan("citations").select(publications="id", year="year").filter(pl.col("year").is_not_null())
    return (
        publications.join(years, on="publications")
        .group_by("id")
        .agg(year=pl.col("year").max().cast(pl.Int32))
        .collect()
    )

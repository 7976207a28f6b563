"""Which side effects count as serious and by which criterion: a short list that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def criteria() -> Mapping[str, str]:
    """By preferred term in lower case, the criterion of seriousness that it meets.

    >>> criteria()["torsade de pointes"], criteria().get("nausea")
    ('life-threatening', None)
    """
    text = files("ingest.sider").joinpath("serious_terms.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {term.casefold(): criterion for term, criterion in rows[1:]}

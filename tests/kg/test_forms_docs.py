"""The page on logical forms: what it shows is read, and nothing of the algebra is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

from kg.logic.read import OPERATIONS
from kg.schema import schema

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "forms.md").read_text("utf-8")


def test_the_page_on_forms_names_every_operation_and_every_amount() -> None:
    shown = set(re.findall(r"`(\w+)\(", PAGE)) | set(re.findall(r"[`,(] ?(\w+)\(", PAGE))
    assert set(OPERATIONS) <= shown
    assert all(f"`{name}`" in PAGE for name in schema().amounts)

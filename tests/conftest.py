"""What every test may use: the real data folder, and a home folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def required(reason: str) -> None:
    """Skip with the reason on a laptop; fail where CI promises that everything is there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI requires it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real public data, `GALENIC_DATA` or ../shared/data."""
    folder = Path(os.environ.get("GALENIC_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "hetionet").is_dir():
        required(f"no real data at {folder}; set GALENIC_DATA")
    return folder

"""Every source tells who it is, under which licence and from where, and a test names it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from ingest.source import Source, all_sources

TESTS = Path(__file__).resolve().parent.parent


def module_of(source: Source) -> str:
    return (
        source.read.__module__
        if source.read.__module__.startswith("ingest.sources")
        else f"ingest.sources.{source.name}"
    )


@pytest.mark.parametrize("source", all_sources().values(), ids=list(all_sources()))
def test_a_source_says_what_it_is(source: Source) -> None:
    assert importlib.import_module(module_of(source)).__doc__
    assert source.title and source.licence and source.url and source.patterns and source.infores.startswith("infores:")


@pytest.mark.parametrize("name", list(all_sources()))
def test_a_source_is_named_in_a_test(name: str) -> None:
    tests = "".join(p.read_text("utf-8") for p in TESTS.rglob("*.py") if p.name != Path(__file__).name)
    assert f'"{name}"' in tests

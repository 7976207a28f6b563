"""The reference page of Cypher says what the check does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.cypher import call_check, cursor, grammar, pattern_check, tokens, values, work
from kg.cypher.safe import check
from kg.cypher.vocabulary import EDGE_KEYS, NODE_KEYS, RELEASE_KEYS, kinds, types
from kg.schema import schema

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "cypher.md").read_text("utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def test_it_names_every_label_and_relationship_and_no_other() -> None:
    assert quoted(section("Labels")) == kinds() | {"Entity", "Release"}
    named = quoted(section("Relationships").strip().split("\n\n")[0])
    assert named - kinds() == {name for name in types() if not name.startswith("NOT_")}


def test_it_joins_the_labels_that_the_schema_joins_and_marks_those_without_direction() -> None:
    rows = [
        line.strip("| ").split(" | ")
        for line in section("Relationships").splitlines()
        if line.startswith("| ") and "`" in line
    ]
    documented = {
        (source, name.strip(" —`"), target, "—" in name) for source, names, target in rows for name in names.split(", ")
    }
    labels = {
        category: "any" if kind.label == "NamedThing" else f"`{kind.label}`"
        for category, kind in schema().kinds.items()
    }
    assert documented == {
        (labels[r.subject], r.type, labels[r.object], r.symmetric) for r in schema().relations.values()
    }


def test_it_names_every_property() -> None:
    of = {
        row.split("|")[1].strip(): quoted(row.split("|")[2])
        for row in section("Properties").splitlines()
        if row.startswith("| ")
    }
    assert of["every node"] == NODE_KEYS and of["every relationship"] == EDGE_KEYS and of["`Release`"] == RELEASE_KEYS
    declared = {(schema().kind(a.category).label, name) for name, a in schema().attributes.items()}
    assert {
        (label.strip("`"), name)
        for label, names in of.items()
        if label in ("`Drug`", "`Gene`", "`Protein`", "`SideEffect`")
        for name in names
    } == declared


def test_its_limits_are_those_that_hold() -> None:
    text = section("Limits")
    for number in (
        tokens.MAX_CHARACTERS,
        cursor.MAX_DEPTH,
        grammar.MAX_CLAUSES,
        cursor.MAX_STEPS,
        pattern_check.MAX_APART,
        call_check.MAX_RANGE,
        values.MAX_SIZE,
        work.MAX_WORK,
    ):
        assert re.search(rf"\b{number:,}\b", text), number


@pytest.mark.parametrize("query", re.findall(r"```cypher\n(.*?)```", PAGE, re.DOTALL))
def test_its_examples_pass(query: str) -> None:
    assert check(query).notes == ()

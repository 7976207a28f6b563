"""A mapping (TOML): read, checked against the schema and kept as rules for rows."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from ingest.errors import MappingError
from ingest.tables.cells import Choice, Split, Template, Typed
from kg.records import AgentType, EvidenceKind, KnowledgeLevel
from kg.schema import schema
from ontologies.prefixes import SPELLINGS

_TOP = ("file", "delimiter", "quote", "comment", "columns", "source", "node", "edge", "citation")
_SOURCE = ("title", "licence", "url", "version", "commercial", "aggregator", "notes")
_SHARED = ("when", "optional")
_NODE = ("id", "category", "name", "synonyms", "xrefs", "attributes", *_SHARED)
_EDGE = (
    "subject",
    "relation",
    "object",
    "publications",
    "tier",
    "negated",
    "qualifiers",
    "attributes",
    "knowledge_level",
    "agent_type",
    "evidence",
    *_SHARED,
)
_EVIDENCE = ("citation", "kind", "quote", "score", "system", "directness", "role", "study", "group")
_CITATION = ("id", "title", "year", "journal", "authors", *_SHARED)
_SCOPES = ("exact", "brand", "lay", "abbreviation", "symbol", "related", "narrow", "broad")
_TYPES = ("integer", "number", "boolean", "list")
Value = Template | Choice
Values = tuple[Template | Split, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a row becomes one record: `kind` is node, edge or citation; `label` is how messages call the rule."""

    kind: str
    label: str
    single: Mapping[str, Value]
    many: Mapping[str, Values]
    attributes: Mapping[str, Template | Typed] = field(default_factory=dict)
    qualifiers: Mapping[str, Template] = field(default_factory=dict)
    evidence: Mapping[str, Template] = field(default_factory=dict)
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    negated: bool | tuple[str, tuple[str, ...]] = False
    optional: bool = False

    def columns(self) -> Iterator[str]:
        """Every column that the rule reads."""
        for value in (
            *self.single.values(),
            *self.attributes.values(),
            *self.qualifiers.values(),
            *self.evidence.values(),
        ):
            yield from value.columns
        for values in self.many.values():
            for each in values:
                yield from each.columns
        yield from self.when
        if isinstance(self.negated, tuple):
            yield self.negated[0]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One mapping: the table's file and layout, facts about the source, and its rules."""

    path: Path
    file: str
    source: Mapping[str, Any]
    rules: tuple[Rule, ...]
    delimiter: str
    quote: str
    comment: str = ""
    columns: tuple[str, ...] = ()


def load(path: Path, shown: str) -> TableMapping:
    """Read and check a mapping; raises `MappingError` with one line that names the file, the key and what is known."""
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise MappingError(f"{shown}: is no TOML ({problem}); mend that line") from problem
    check = _Check(shown)
    check.keys("", raw, _TOP, needed=("file", "source"))
    facts = check.table("source", raw["source"])
    check.keys("source", facts, _SOURCE, needed=("title", "licence"))
    for key, value in facts.items():
        if key in ("commercial", "aggregator") and not isinstance(value, bool):
            raise check.error(f"source.{key}", "must be true or false")
        if key not in ("commercial", "aggregator") and not (
            isinstance(value, str) and (value.strip() or key not in ("title", "licence"))
        ):
            raise check.error(
                f"source.{key}", "must be a text" + (" that is not empty" if key in ("title", "licence") else "")
            )
    name = check.text("file", raw["file"])
    if Path(name).name != name or not any(s in (".tsv", ".csv") for s in Path(name).suffixes):
        raise check.error("file", f"must name a .tsv or .csv file beside the mapping (.gz may follow), not {name!r}")
    tabs = ".tsv" in Path(name).suffixes
    delimiter, quote = (
        check.text("delimiter", raw.get("delimiter", "\t" if tabs else ",")),
        raw.get("quote", "" if tabs else '"'),
    )
    if len(delimiter) != 1 or not isinstance(quote, str) or len(quote) > 1:
        raise check.error("delimiter", "and quote must be one character (quote may be empty)")
    rules = tuple(check.rule(kind, n, each) for kind in _RULES for n, each in check.rules(kind, raw.get(kind, [])))
    if not rules:
        raise MappingError(f"{shown}: has no [[node]], [[edge]] or [[citation]]; say what a row becomes")
    columns = tuple(check.texts("columns", raw.get("columns", [])))
    return TableMapping(
        path, name, facts, rules, delimiter, quote, check.text("comment", raw.get("comment", "")), columns
    )


class _Check:
    """The checks of one mapping; every error names the file and the key."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def error(self, key: str, problem: str) -> MappingError:
        return MappingError(f"{self.shown}: {key} {problem}")

    def keys(self, where: str, table: Mapping[str, Any], known: Sequence[str], needed: Sequence[str] = ()) -> None:
        for key in table:
            if key not in known:
                raise self.error(f"{where}.{key}".lstrip("."), f"is an unknown key; known: {', '.join(known)}")
        for key in needed:
            if key not in table:
                raise self.error(f"{where}.{key}".lstrip("."), "is missing")

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.error(key, f"must be a text, not {value!r}")
        return value

    def texts(self, key: str, value: Any) -> list[str]:
        return [self.text(key, v) for v in (value if isinstance(value, list) else [value])]

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, not {value!r}")
        return value

    def rules(self, kind: str, value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if not isinstance(value, list):
            raise self.error(kind, f"must be written [[{kind}]]")
        for n, each in enumerate(value, 1):
            yield n, self.table(kind, each)

    def template(self, key: str, value: Any) -> Template:
        try:
            return Template.of(self.text(key, value))
        except ValueError as problem:
            raise self.error(key, str(problem)) from None

    def curie(self, key: str, value: Any) -> Template:
        """A template of a CURIE: a prefix that it spells out must be known."""
        made = self.template(key, value)
        prefix, colon, _ = made.literals[0].partition(":")
        if colon and prefix.casefold() not in SPELLINGS:
            raise self.error(
                key, f"has the unknown prefix {prefix!r}; known: {', '.join(sorted(set(SPELLINGS.values())))}"
            )
        if not made.columns and not colon:
            raise self.error(key, f"must be a CURIE such as DOID:{{column}}, not {value!r}")
        return made

    def choice(self, key: str, value: Any, known: Sequence[str]) -> Value:
        """A fixed word of a list, or one that a column decides."""
        if isinstance(value, dict):
            self.keys(key, value, ("column", "values"), needed=("column", "values"))
            meanings = {
                w: self.text(f"{key}.values.{w}", m) for w, m in self.table(f"{key}.values", value["values"]).items()
            }
            self._known(f"{key}.values", meanings.values(), known)
            return Choice(self.text(f"{key}.column", value["column"]), meanings)
        self._known(key, [self.text(key, value)], known)
        return Template((value,), ())

    def _known(self, key: str, words: Any, known: Sequence[str]) -> None:
        for word in words:
            if word not in known:
                raise self.error(key, f"is the unknown {word!r}; known: {', '.join(known)}")

    def many(self, key: str, value: Any, *, curies: bool = False) -> Values:
        return tuple(self._each(key, v, curies) for v in (value if isinstance(value, list) else [value]))

    def _each(self, key: str, value: Any, curies: bool) -> Template | Split:
        if not isinstance(value, dict):
            return self.curie(key, value) if curies else self.template(key, value)
        self.keys(key, value, ("column", "split", "prefix", "scope"), needed=("column",))
        column, by, prefix = (self.text(f"{key}.{k}", value.get(k, "")) for k in ("column", "split", "prefix"))
        if curies and prefix:
            self.curie(f"{key}.prefix", prefix + "{x}")
        scope = value.get("scope", "exact")
        self._known(f"{key}.scope", [scope], _SCOPES)
        return Split(column, by, prefix, "" if scope == "exact" else f"\t{scope}")

    def attribute(self, key: str, value: Any) -> Template | Typed:
        if not isinstance(value, dict):
            return self.template(key, value)
        self.keys(key, value, ("column", "type", "split"), needed=("column",))
        kind = value.get("type", "list" if "split" in value else "number")
        self._known(f"{key}.type", [kind], _TYPES)
        return Typed(
            self.text(f"{key}.column", value["column"]), kind, self.text(f"{key}.split", value.get("split", "|"))
        )

    def negated(self, key: str, value: Any) -> bool | tuple[str, tuple[str, ...]]:
        if isinstance(value, bool):
            return value
        table = self.table(key, value)
        self.keys(key, table, ("column", "is"), needed=("column", "is"))
        return self.text(f"{key}.column", table["column"]), tuple(self.texts(f"{key}.is", table["is"]))

    def rule(self, kind: str, number: int, raw: Mapping[str, Any]) -> Rule:
        """One [[node]], [[edge]] or [[citation]]."""
        label = f"{kind} {number}"
        known, needed = _RULES[kind]
        self.keys(label, raw, known, needed)
        single: dict[str, Value] = {}
        many: dict[str, Values] = {}
        for key, value in raw.items():
            where = f"{label}.{key}"
            if key in ("id", "subject", "object"):
                single[key] = self.curie(where, value)
            elif key in _WORDS:
                single[key] = self.choice(where, value, _WORDS[key]())
            elif key in ("name", "title", "journal"):
                single[key] = self.template(where, value)
            elif key in ("tier", "year"):
                if isinstance(value, int) and key == "tier" and not 1 <= value <= 7:
                    raise self.error(where, f"is {value}; it must be 1 (guideline) to 7 (prediction)")
                single[key] = self.template(where, str(value) if isinstance(value, int) else value)
            elif key in ("synonyms", "xrefs", "publications", "authors"):
                many[key] = self.many(where, value, curies=key in ("xrefs", "publications"))
        named = {
            k: self.table(f"{label}.{k}", raw.get(k, {})) for k in ("attributes", "qualifiers", "evidence", "when")
        }
        return Rule(
            kind,
            label,
            single,
            many,
            {k: self.attribute(f"{label}.attributes.{k}", v) for k, v in named["attributes"].items()},
            {k: self.template(f"{label}.qualifiers.{k}", v) for k, v in named["qualifiers"].items()},
            self._evidence(f"{label}.evidence", named["evidence"]),
            {k: tuple(self.texts(f"{label}.when.{k}", v)) for k, v in named["when"].items()},
            self.negated(f"{label}.negated", raw.get("negated", False)),
            raw.get("optional") is True,
        )

    def _evidence(self, where: str, raw: Mapping[str, Any]) -> dict[str, Template]:
        if not raw:
            return {}
        self.keys(where, raw, _EVIDENCE, needed=("citation",))
        self._known(f"{where}.kind", [raw.get("kind", "supports")], get_args(EvidenceKind))
        return {
            k: self.curie(f"{where}.{k}", v) if k == "citation" else self.template(f"{where}.{k}", v)
            for k, v in raw.items()
        }


_RULES = {
    "node": (_NODE, ("id", "category", "name")),
    "edge": (_EDGE, ("subject", "relation", "object")),
    "citation": (_CITATION, ("id", "title")),
}
_WORDS: dict[str, Callable[[], tuple[str, ...]]] = {
    "category": lambda: tuple(schema().kinds),
    "relation": lambda: tuple(schema().relations),
    "knowledge_level": lambda: get_args(KnowledgeLevel),
    "agent_type": lambda: get_args(AgentType),
}

"""What may come next at the cursor: labels, relationship types, properties, parameters, commands, names and
identifiers.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from galenic.explore.commands import COMMANDS
from galenic.explore.reading import kind_of
from kg.schema import schema
from llm.words import NOUNS, known_words
from ontologies.names.store import NameStore

_MOST, _LOOKED_AT, _LEAST = 20, 4_000, 3
_LAST = "￿"
_KEYWORDS = (
    "MATCH",
    "OPTIONAL MATCH",
    "WHERE",
    "RETURN",
    "WITH",
    "UNWIND",
    "ORDER BY",
    "LIMIT",
    "SKIP",
    "DISTINCT",
    "AND",
    "OR",
    "NOT",
    "IN",
    "AS",
    "DESC",
    "CONTAINS",
    "STARTS WITH",
    "ENDS WITH",
    "IS NULL",
    "IS NOT NULL",
    "count(",
    "collect(",
    "size(",
    "toLower(",
    "any(",
    "all(",
    "EXISTS",
    "CASE WHEN",
)
_TYPE = re.compile(r"\[[^\]()]*?[:|]!?(\w*)$")
_LABEL = re.compile(r"\([^()\[\]{}]*?[:|&]!?(\w*)$")
_PROPERTY = re.compile(r"\b[A-Za-z_]\w*\.(\w*)$|[{,]\s*(\w*)$")
_PARAMETER = re.compile(r"\$(\w*)$")
_QUOTED = re.compile(r"""(?:(\bid|\bname)\s*[:=]\s*|\bIN\s*\[[^\]]*|[^\w])?(['"])([^'"]*)$""")
_WORD = re.compile(r"(\w+)$")
_NODE_PROPERTIES = ("id", "name", "category", "synonyms", "sources", "xrefs")
_EDGE_PROPERTIES = ("tier", "sources", "publications", "year", "id")
_TAKES_NAME = re.compile(r"^:(?:expand|path|focus)\s+(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that may stand in place of the last `length` characters before the cursor, and what it is."""

    text: str
    length: int
    shown: str
    says: str = ""


class NameIndex:
    """Names and identifiers of a release in order, for completion by how they begin; well-connected nodes come
    first.
    """

    def __init__(self, store: NameStore) -> None:
        self._store = store
        names = sorted((store.node_name[n].casefold(), n) for n in range(len(store.node_name)))
        self._names, self._nodes = [name for name, _ in names], [n for _, n in names]
        ids = sorted((store.node_id[n].casefold(), n) for n in range(len(store.node_id)))
        self._ids, self._id_nodes = [i for i, _ in ids], [n for _, n in ids]

    def names(self, prefix: str, most: int = _MOST) -> list[tuple[str, str, str]]:
        """(name, id, category) of nodes whose name begins so."""
        return self._found(self._names, self._nodes, prefix, most)

    def ids(self, prefix: str, most: int = _MOST) -> list[tuple[str, str, str]]:
        """(name, id, category) of nodes whose identifier begins so."""
        return self._found(self._ids, self._id_nodes, prefix, most)

    def _found(self, keys: list[str], nodes: list[int], prefix: str, most: int) -> list[tuple[str, str, str]]:
        first = bisect_left(keys, prefix.casefold())
        last = min(bisect_left(keys, prefix.casefold() + _LAST), first + _LOOKED_AT)
        store = self._store
        best = nlargest(most, nodes[first:last], key=lambda n: (int(store.node_degree[n]), -len(store.node_name[n])))
        return [(store.node_name[n], store.node_id[n], store.categories[store.node_category[n]]) for n in best]


class Suggester:
    """Completes one input. `names` may still be loading: then it gives None and nothing is completed by name."""

    def __init__(self, names: Callable[[], NameIndex | None], bound: Callable[[], Mapping[str, Any]]) -> None:
        self._index, self._bound = names, bound

    def suggest(self, before: str) -> list[Suggestion]:
        """Suggestions for the text before the cursor, best first."""
        if before.lstrip().startswith(":"):
            return list(self._command(before.lstrip()))
        suggestions = self._cypher(before) if kind_of(before) == "cypher" else self._question(before)
        return list({(s.text, s.length, s.says): s for s in suggestions}.values())[: 2 * _MOST]

    def _command(self, before: str) -> Iterator[Suggestion]:
        name = re.match(r"^:(\w*)$", before)
        if name:
            fitting = [c for c in COMMANDS.values() if c.name.startswith(name.group(1))]
            yield from (Suggestion(f":{c.name}", len(before), f":{c.name} {c.usage}".rstrip(), c.says) for c in fitting)
        elif taken := _TAKES_NAME.match(before):
            quoted = re.search(r"\"([^\"]*)$", taken.group(1)) if taken.group(1).count('"') % 2 else None
            yield from self._names(
                quoted.group(1) if quoted else taken.group(1), quote=quoted is None and before.startswith(":path")
            )
        elif kind := re.match(r"^:export\s+(\w*)$", before):
            yield from (
                Suggestion(k, len(kind.group(1)), k)
                for k in ("csv", "parquet", "kgx", "png")
                if k.startswith(kind.group(1))
            )
        elif label := re.match(r"^:schema\s+(\w*)$", before):
            yield from _labels(label.group(1))

    def _question(self, before: str) -> Iterator[Suggestion]:
        word = _WORD.search(before)
        yield from self._names(before)
        if word and len(word.group(1)) >= 2:
            typed = word.group(1).casefold()
            nouns = [k.plural for k in schema().kinds.values() if k.plural.startswith(typed) and k.plural in NOUNS]
            yield from (Suggestion(n, len(typed), n, "kind") for n in nouns if n != typed)

    def _cypher(self, before: str) -> Iterator[Suggestion]:
        quoted = _QUOTED.search(before) if before.count("'") % 2 or before.count('"') % 2 else None
        if quoted:
            yield from self._in_quotes(quoted.group(1) or "", quoted.group(2), quoted.group(3))
        elif match := _PARAMETER.search(before):
            yield from (
                Suggestion(f"${n}", len(match.group()), f"${n}", str(v)[:40])
                for n, v in self._bound().items()
                if n.startswith(match.group(1))
            )
        elif match := _TYPE.search(before):
            yield from _types(match.group(1))
        elif match := _LABEL.search(before):
            yield from _labels(match.group(1))
        elif match := _PROPERTY.search(before):
            yield from _properties(match.group(1) or match.group(2) or "")
        elif match := _WORD.search(before):
            typed = match.group(1).upper()
            yield from (
                Suggestion(k, len(typed), k, "Cypher")
                for k in _KEYWORDS
                if k.upper().startswith(typed) and k != match.group(1)
            )

    def _in_quotes(self, field: str, quote: str, typed: str) -> Iterator[Suggestion]:
        """Inside quotes: identifiers, also by the name that they stand for; names where a name is compared."""
        index = self._index()
        if index is None or len(typed) < 2:
            return
        if field != "name":
            yield from (Suggestion(f"{i}{quote}", len(typed), i, f"{n}, {_kind(c)}") for n, i, c in index.ids(typed))
        for name, identifier, category in index.names(typed) if len(typed) >= _LEAST else ():
            text = name if field == "name" else identifier
            yield Suggestion(
                f"{text}{quote}",
                len(typed),
                text,
                f"{name}, {_kind(category)}" if field != "name" else f"{identifier}, {_kind(category)}",
            )

    def _names(self, before: str, quote: bool = False) -> Iterator[Suggestion]:
        """Names by how the last words begin: the longest stretch of up to five words that a name begins with."""
        index = self._index()
        if index is None:
            return
        starts = [m.start() for m in re.finditer(r"(?<![\w-])\w", before)][-5:]
        for start in starts:
            typed = before[start:]
            if len(typed) < _LEAST or typed.casefold() in known_words() or typed.split()[0].casefold() in known_words():
                continue
            if ":" in typed and " " not in typed:
                yield from (Suggestion(i, len(typed), i, f"{n}, {_kind(c)}") for n, i, c in index.ids(typed))
                return
            matches = index.names(typed)
            if matches:
                for name, identifier, category in matches:
                    text = f'"{name}"' if quote and " " in name else name
                    yield Suggestion(text, len(typed), name, f"{_kind(category)}, {identifier}")
                return


def _kind(category: str) -> str:
    return schema().kind(category).singular


def _labels(typed: str) -> Iterable[Suggestion]:
    kinds = [(k.label, k.plural) for k in schema().kinds.values() if k.label != "NamedThing"]
    return (
        Suggestion(name, len(typed), name, says)
        for name, says in (*kinds, ("Entity", "every node"))
        if name.casefold().startswith(typed.casefold())
    )


def _types(typed: str) -> Iterator[Suggestion]:
    for relation in schema().relations.values():
        if relation.type.startswith(typed.upper()):
            subject, object_ = schema().kind(relation.subject).label, schema().kind(relation.object).label
            yield Suggestion(relation.type, len(typed), relation.type, f"{subject} {relation.says} {object_}")


def _properties(typed: str) -> Iterator[Suggestion]:
    for name in _NODE_PROPERTIES:
        if name.startswith(typed):
            yield Suggestion(name, len(typed), name, "of a node")
    for attribute in schema().attributes.values():
        if attribute.name.startswith(typed):
            yield Suggestion(
                attribute.name,
                len(typed),
                attribute.name,
                f"of a {schema().kind(attribute.category).label}: {attribute.says}",
            )
    for amount in schema().amounts.values():
        for name in (amount.lower, amount.upper):
            if name.startswith(typed):
                owner = schema().relation(amount.relation).type
                yield Suggestion(name, len(typed), name, f"of {owner}: {amount.says}, 0 to 1")
    for name in _EDGE_PROPERTIES:
        if name.startswith(typed):
            yield Suggestion(name, len(typed), name, "of a relationship")

"""`:evidence`, `:expand` and `:path`: opening what a result rests on, and what lies around a thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from galenic.errors import UsageError
from galenic.explore.entries import Entry
from galenic.explore.state import State
from galenic.reports.page import Grid, Page, Paragraph, cell, grid, several, shown
from galenic.reports.supports import in_words
from kg.evidence import results
from kg.evidence.claims import EdgeSupport, PassageSupport, QuerySupport, Support
from kg.evidence.edges import EdgeHit, edges_by_id
from kg.evidence.quotes import citations, quotes
from kg.evidence.tiers import how
from kg.logic.every_edge import every_edge
from kg.logic.explain import Explainer
from kg.logic.forms import All, And, Direction, Entity, ExistsForm, Expr, Hop, PathsForm, TopForm, Where
from kg.logic.found import Found, ranked
from kg.logic.profile import neighbour_totals, node_record
from kg.logic.reading import Linked
from kg.logic.rewriting import expr_of
from kg.schema import schema
from kg.schema.relations import Relation

_EDGES, _PAPERS, _BEST, _CHUNK = 40, 12, 3, 2_000


def evidence(session: State, number: int) -> Entry:
    """All that can be opened of the result with a number: of an answer its edges, of a row its nodes and edges."""
    entry = session.last
    if entry is None:
        raise UsageError("nothing was answered yet, so there is no evidence to show")
    opened = _opened(session, entry, number)
    asked = next((e for e in reversed(session.entries) if e.kind != "command" or e.turn is not None), entry)
    if asked is entry:
        return opened
    # The last input gave nothing; what is opened belongs to an earlier one.
    return replace(
        opened, page=(Paragraph(f"Of the last answer, to “{' '.join(entry.text.split())}”:", "quiet"), *opened.page)
    )


def _opened(session: State, entry: Entry, number: int) -> Entry:
    text = f":evidence {number}"
    turn = entry.turn
    if turn is None or entry.by_model:
        return _of_row(session, text, entry, number)
    about, expr = _result(session, entry, number)
    if about is not None and expr is not None:
        explainer = Explainer(session.house.pipeline.executor(session.permitted))
        thing = Entity(about.id, exact=not isinstance(turn.form, ExistsForm))
        edges = explainer.up_to(thing, every_edge(explainer, expr, list(explainer.executor.under(thing))))
        hits = {edge.id: edge for of_one in edges.values() for hit in of_one for edge in hit.edges()}
        if hits:
            return _of_edges(session, text, f"{number}. {about.name} ({about.id})", list(hits.values()))
    claims = (*turn.answer.claims, *turn.answer.contradictions)
    if not 1 <= number <= len(claims):
        most = max(len(turn.answer.results), len(claims))
        raise UsageError(
            f"the last answer has {several(most, 'result' if turn.answer.results else 'sentence')}, so there is no "
            f"{number}"
        )
    return _of_claim(
        session, text, number, claims[number - 1].text, [turn.answer.supports[s] for s in claims[number - 1].supports]
    )


def _result(session: State, entry: Entry, number: int) -> tuple[Linked | None, Expr | None]:
    """The thing that a number means, and the set that it belongs to."""
    assert entry.turn is not None
    form, answer = entry.turn.form, entry.turn.answer
    expr = expr_of(form)
    match form:
        case ExistsForm(of=And(parts=(Entity() as subject, rest))) if (
            number == 1 and answer.results and answer.results[0].value is True
        ):
            name = next((e.name for e in answer.entities if e.id == subject.id), subject.id)
            return Linked(name, subject.id, name, subject.category, 1.0), rest
    if not 1 <= number <= len(answer.results) or (expr is None and not isinstance(form, TopForm)):
        return None, None
    result = answer.results[number - 1]
    if not isinstance(result, results.Found):
        return None, None
    about = Linked(result.name, result.id, result.name, "biolink:NamedThing", 1.0)
    if isinstance(form, TopForm):
        # What was counted: its neighbours, seen from the other end.
        relation = schema().relation(form.relation)
        back = relation.back(form.direction)
        counted = Hop(form.relation, back, All(relation.target(form.direction)))
        return about, Where(counted, form.filters) if form.filters else counted
    return about, expr


def _of_edges(session: State, text: str, head: str, hits: Sequence[EdgeHit]) -> Entry:
    release = session.house.release
    shown = hits[:_EDGES]
    papers = [p for h in shown for a in h.assertions for p in a.publications]
    known = citations(release, sorted(set(papers)))
    quotes_of: dict[str, list[Any]] = {}
    for quote in quotes(release, [h.id for h in shown], session.permitted):
        quotes_of.setdefault(quote.edge, []).append(quote)
    page: list[Paragraph | Grid] = [Paragraph(head, "head")]
    rows = []
    for hit in shown:
        page.append(Paragraph(f"{hit.sentence()}.", indent=2))
        page.append(Paragraph(f"edge {hit.id}, {hit.relation.predicate}, relationship {hit.relation.type}", "quiet", 4))
        for assertion in hit.assertions:
            facts = release.sources.get(assertion.source, {})
            licence = assertion.licence or str(facts.get("licence", ""))
            page.append(
                Paragraph(
                    f"{facts.get('title', assertion.source)} {facts.get('version', '')}: tier {assertion.tier}, "
                    f"{how(assertion.tier, assertion.knowledge_level)}; licence {licence}",
                    "good",
                    4,
                )
            )
            page += _papers(assertion.publications, known)
            rows.append((hit.sentence(), assertion.source, assertion.tier, licence, list(assertion.publications)))
        for quote in quotes_of.get(hit.id, ()):
            page.append(Paragraph(f"{quote.citation} {quote.kind}: “{quote.text}”", indent=6))
    if len(hits) > len(shown):
        page.append(
            Paragraph(f"and {len(hits) - len(shown):,} more statements; `:export kgx DIR` writes them all.", "quiet", 2)
        )
    return Entry(
        text,
        "command",
        "answered",
        several(len(hits), "statement"),
        ("statement", "source", "tier", "licence", "publications"),
        tuple(rows),
        page=tuple(page),
    )


def _papers(publications: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> list[Paragraph]:
    paragraphs = []
    for publication in publications[:_PAPERS]:
        facts = known.get(publication)
        more = f"  {_titled(facts)}" if facts else ""
        paragraphs.append(Paragraph(f"{publication}{more}", indent=6))
    if len(publications) > _PAPERS:
        paragraphs.append(
            Paragraph(
                f"and {len(publications) - _PAPERS:,} more publications: "
                f"{', '.join(publications[_PAPERS : _PAPERS + 40])}",
                "quiet",
                6,
            )
        )
    return paragraphs


def _titled(facts: Mapping[str, Any]) -> str:
    """Title, year and a mark for what was retracted."""
    year = f", {facts['year']}" if facts["year"] else ""
    return f"{facts['title'] or ''}{year}{' RETRACTED' if facts['retracted'] else ''}"


def _of_claim(session: State, text: str, number: int, claim: str, supports: Sequence[Support]) -> Entry:
    page: list[Paragraph | Grid] = [Paragraph(f"{number}. {claim}", "head")]
    rows = []
    known = citations(
        session.house.release, sorted({p for s in supports if isinstance(s, EdgeSupport) for p in s.publications})
    )
    for support in supports:
        page.append(Paragraph(in_words(support), "good", 2))
        match support:
            case EdgeSupport():
                facts = f"tier {support.tier}, licence {support.licence}, edge {support.edge}"
                page += [Paragraph(facts, "quiet", 4), *_papers(support.publications, known)]
            case PassageSupport():
                page += [Paragraph(support.title, indent=4), Paragraph(f"“{support.quote}”", indent=4)]
            case QuerySupport():
                page += [Paragraph(c, "quiet", 4) for c in support.cypher]
        rows.append((claim, support.kind, in_words(support)))
    return Entry(
        text,
        "command",
        "answered",
        several(len(supports), "support"),
        ("claim", "kind", "support"),
        tuple(rows),
        page=tuple(page),
    )


def _of_row(session: State, text: str, entry: Entry, number: int) -> Entry:
    """The nodes and edges that a row names by identifier."""
    if not 1 <= number <= len(entry.rows):
        raise UsageError(f"the last query gave {several(len(entry.rows), 'row')}, so there is no {number}")
    row = entry.rows[number - 1]
    ids = sorted({v for v in _texts(row) if v})
    hits = edges_by_id(session.house.release, [i for i in ids if ":" not in i], session.permitted)
    page: list[Paragraph | Grid] = [Paragraph(f"{number}. {', '.join(shown(v) for v in row if cell(v))[:300]}", "head")]
    executor = session.house.pipeline.executor(session.permitted)
    rows = []
    for node in ids:
        record = node_record(executor, node) if ":" in node else None
        if record:
            titles = [str(session.house.release.sources.get(s, {}).get("title", s)) for s in record["sources"]]
            page.append(
                Paragraph(
                    f"{record['name']} ({node}), {schema().kind(record['category']).singular}; "
                    f"from {', '.join(titles)}",
                    indent=2,
                )
            )
            rows.append((node, record["name"], ", ".join(titles)))
    if hits:
        statements = _of_edges(session, text, "", hits)
        page += statements.page[1:]
    elif not rows:
        page.append(
            Paragraph(
                "The row names no node and no edge. Return n.id of nodes or r.id of relationships to open them.",
                "quiet",
                2,
            )
        )
    summary = f"{several(len(rows), 'node')}, {several(len(hits), 'statement')}"
    return Entry(text, "command", "answered", summary, ("id", "name", "sources"), tuple(rows), page=tuple(page))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [value["id"]] if isinstance(value.get("id"), str) else []
    return [t for v in value for t in _texts(v)] if isinstance(value, (list, tuple)) else []


def expand(session: State, name: str) -> Entry:
    """What a thing is tied to: for every relation the number of neighbours, and the best of them with their
    evidence.
    """
    about = session.thing(name)
    executor = session.house.pipeline.executor(session.permitted)
    rows = []
    for relation, direction, number in neighbour_totals(executor, about.id, about.category):
        # From the thing itself: its neighbours are one step along `direction`.
        nodes = list(
            executor.nodes(Hop(relation.name, direction, Entity(about.id, about.category, exact=True))).values()
        )
        if session.permitted.sources is not None:
            nodes = _weighed(Explainer(executor), relation, direction, about.id, nodes)
        target = schema().kind(relation.target(direction))
        says = relation.says if direction == "out" or relation.symmetric else relation.passive
        best = ", ".join(
            f"{f.name} ({how(f.tier)}, {f.n_sources} source{'' if f.n_sources == 1 else 's'})" for f in nodes[:_BEST]
        )
        pattern = (
            f"-[:{relation.type}]-"
            if relation.symmetric
            else f"-[:{relation.type}]->"
            if direction == "out"
            else f"<-[:{relation.type}]-"
        )
        rows.append(
            (
                says,
                f"{number:,} {target.singular if number == 1 else target.plural}",
                f"{pattern}(:{target.label})",
                best,
            )
        )
    session.dialogue.look_at(about)
    kind = schema().kind(about.category).singular
    head = Paragraph(f"{about.name} ({about.id}), a {kind}: now in focus", "head")
    columns = ("relation", "neighbours", "pattern", "best evidence")
    # The pattern below what it says, where even the longest stays whole on a narrow terminal.
    below = [(f"{says}\n{pattern}", neighbours, best) for says, neighbours, pattern, best in rows]
    tied = (
        grid(("relation and pattern", "neighbours", "best evidence"), below)
        if rows
        else Paragraph("This release records no relation of it.", "quiet", 2)
    )
    page: Page = (head, tied)
    return Entry(
        f":expand {name}",
        "command",
        "answered",
        f"{about.name}: {several(len(rows), 'relation')}",
        columns,
        tuple(rows),
        page=page,
    )


def _weighed(
    explainer: Explainer, relation: Relation, direction: Direction, about: str, nodes: Sequence[Found]
) -> list[Found]:
    """Neighbours with the weight of permitted evidence alone, best first: the graph's own weight counts all sources."""
    # What one source says is permitted as it stands, or it would not have been found.
    weighed, shared = [f for f in nodes if f.n_sources < 2], [f for f in nodes if f.n_sources >= 2]
    for at in range(0, len(shared), _CHUNK):
        some = shared[at : at + _CHUNK]
        hits = explainer.edges(relation, direction, [about], [f.id for f in some])
        for node in some:
            assertions = [h.assertions for h in hits.get(node.id, ()) if h.assertions]
            best = min(
                (
                    (min(a.tier for a in s), -len({a.source for a in s}), -len({p for a in s for p in a.publications}))
                    for s in assertions
                ),
                default=None,
            )
            weighed.append(
                node if best is None else node._replace(tier=best[0], n_sources=-best[1], n_publications=-best[2])
            )
    return ranked(weighed)


def path(session: State, words: Sequence[str]) -> Entry:
    """Paths between two things, as a turn of the conversation whose results can be opened."""
    start, end = two_things(session, words)
    form = PathsForm(Entity(start.id, start.category), Entity(end.id, end.category))
    turn = session.dialogue.run(f":path {' '.join(map(_quoted, words))}", form, (start, end))
    answer = turn.answer
    rows = tuple((r.id, r.name, r.value) for r in answer.results)
    columns = ("id", "name", "value") if rows else ()
    return Entry(
        turn.question, "command", answer.status, answer.message, columns, rows, turn, cypher=";\n".join(answer.cypher)
    )


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def two_things(session: State, words: Sequence[str]) -> tuple[Linked, Linked]:
    """The two things that a line names, quoted or not; raises `UsageError` unless one way to cut the line names two."""
    if len(words) == 2:
        return session.thing(words[0]), session.thing(words[1])
    pairs: list[tuple[float, Linked, Linked]] = []
    for at in range(1, len(words)):
        left, right = " ".join(words[:at]), " ".join(words[at:]).removeprefix("to ").removeprefix("and ")
        try:
            pair = session.thing(left.removesuffix(" to").removesuffix(" and")), session.thing(right)
        except UsageError:
            continue
        pairs.append((pair[0].score + pair[1].score, *pair))
    if not pairs:
        raise UsageError(
            'name two things, in quotes where they have several words: `:path metformin "type 2 diabetes mellitus"`'
        )
    _, start, end = max(pairs, key=lambda f: f[0])
    return start, end

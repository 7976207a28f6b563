"""The commands of a session: each with its words, what it does, and the function that does it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from galenic.errors import UsageError
from galenic.explore import explaining, opening
from galenic.explore.entries import Entry
from galenic.explore.reading import number_of, value_of
from galenic.explore.state import State
from galenic.reports.page import Grid, Paragraph, brief, cell, grid, sentence, several, shown
from kg.schema import schema

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, the words after it, what it does in a sentence, how many words it takes; a `raw` one takes
    the line as it stands.
    """

    name: str
    usage: str
    says: str
    least: int
    most: int
    run: Callable[[State, Sequence[str]], Entry]
    raw: bool = False


def run_command(session: State, text: str) -> Entry:
    """Run a line that begins with a colon; raises `UsageError` for what is no command or lacks words."""
    match = re.match(r"(\S*)\s*(.*)", text.strip()[1:], re.DOTALL)
    name, rest = match.groups() if match else ("", "")
    known = COMMANDS.get(_SHORT.get(name, name))
    if known is None:
        near = get_close_matches(name.casefold(), COMMANDS, 1)
        raise UsageError(f"unknown command :{name}; {f'did you mean :{near[0]}? ' if near else ''}`:help` lists them")
    words = ([rest] if rest else []) if known.raw else _words(rest)
    if not known.least <= len(words) <= known.most:
        raise UsageError(f"write it as `:{known.name}{f' {known.usage}' if known.usage else ''}`")
    return known.run(session, words)


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        # An apostrophe, as in Crohn's disease, opens no quote.
        return rest.split()


def _said(text: str, *page: Paragraph | Grid, kept: bool = False) -> Entry:
    return Entry(text, "command", "answered", page=page, kept=kept)


def _help(session: State, words: Sequence[str]) -> Entry:
    if words:
        name = _SHORT.get(words[0].lstrip(":"), words[0].lstrip(":"))
        if name not in COMMANDS:
            raise UsageError(f"there is no command :{name}; `:help` lists them")
        command = COMMANDS[name]
        return _said(
            ":help", Paragraph(f":{command.name} {command.usage}".rstrip(), "head"), Paragraph(command.says, indent=2)
        )
    rows = [(f":{c.name} {c.usage}".rstrip(), c.says) for c in COMMANDS.values()]
    return _said(
        ":help",
        Paragraph(
            "Ask a question in English, follow up on it, or write Cypher (it ends with ; or an empty line).", "head"
        ),
        Paragraph(
            "What drugs treat gout?   why the second one?   only the approved ones   which of them cause nausea?   "
            "and asthma?",
            "good",
            2,
        ),
        Paragraph(
            "MATCH (d:Drug)-[:TREATS]->(x:Disease) WHERE x.id = $focus RETURN d.id AS id, d.name AS name;", "good", 2
        ),
        Paragraph(
            "$focus is the thing in focus, $results are the identifiers of the last results. Tab completes; Ctrl-C "
            "stops; Ctrl-D ends.",
            "quiet",
            2,
        ),
        grid(("command", "what it does"), rows),
    )


def _explain(session: State, words: Sequence[str]) -> Entry:
    return explaining.explain(session)


def _evidence(session: State, words: Sequence[str]) -> Entry:
    number = number_of(words[0])
    if number is None:
        raise UsageError(f"write the number of a result, as in `:evidence 1`, not {words[0]!r}")
    return opening.evidence(session, number)


def _expand(session: State, words: Sequence[str]) -> Entry:
    return opening.expand(session, " ".join(words))


def _path(session: State, words: Sequence[str]) -> Entry:
    return opening.path(session, words)


def _results(session: State, words: Sequence[str]) -> Entry:
    entry = session.last
    if entry is None or not entry.rows:
        raise UsageError("the last answer has no results")
    numbered = grid(("", *entry.columns), [(n, *map(shown, row)) for n, row in enumerate(entry.rows, 1)])
    return _said(":results", numbered, Paragraph(several(len(entry.rows), "result"), "quiet"))


def _cypher(session: State, words: Sequence[str]) -> Entry:
    entry = session.last
    if entry is None or not entry.cypher:
        raise UsageError("nothing ran yet")
    page = [Paragraph(f"{text};") for text in entry.cypher.split(";\n")]
    return _said(
        ":cypher",
        *page,
        Paragraph("$ids and the like are bound when a question runs; try your own with $focus or $results.", "quiet"),
    )


def _focus(session: State, words: Sequence[str]) -> Entry:
    text = f":focus {' '.join(words)}".strip()
    memory = session.dialogue.memory
    if words:
        session.dialogue.look_at(None if words in (["none"], ["off"]) else session.thing(" ".join(words)))
    if memory.focus is not None:
        line = f"'it' is {memory.focus.name} ({memory.focus.id})"
    else:
        spoken = memory.context.spoken if memory.context else ()
        line = (
            f"nothing is in focus; 'it' may be {', '.join(e.name for e in spoken)}" if spoken else "nothing is in focus"
        )
    them = memory.context.results if memory.context else ()
    lines = [Paragraph(line)]
    if them:
        lines.append(
            Paragraph(
                f"'them' are the {several(len(them), 'result')} of "
                f"“{memory.context.question if memory.context else ''}”"
            )
        )
    return Entry(text, "command", "answered", line, page=tuple(lines), kept=bool(words))


def _param(session: State, words: Sequence[str]) -> Entry:
    if not words:
        rows = [(f"${name}", brief(value)) for name, value in session.bound().items()]
        return _said(":param", grid(("parameter", "value"), rows))
    name, equals, text = words[0].partition("=")
    name, text = name.strip(), text.strip()
    if not equals or not name.isidentifier():
        raise UsageError("write it as `:param NAME=VALUE`; VALUE is JSON or plain text")
    quoted = re.fullmatch(r"'([^']*)'", text)
    session.given[name] = quoted[1] if quoted else value_of(name, text)
    line = f"${name} = {cell(session.given[name])}"
    return Entry(f":param {words[0]}", "command", "answered", line, page=(Paragraph(line),), kept=True)


def _schema(session: State, words: Sequence[str]) -> Entry:
    wanted = " ".join(words).casefold()
    kinds = {k.category: k for k in schema().kinds.values()}
    named = {c for c, k in kinds.items() if wanted in (k.label.casefold(), k.singular, k.plural)}
    if wanted and not named:
        raise UsageError(f"unknown label {' '.join(words)!r}; known: {', '.join(k.label for k in kinds.values())}")
    held = dict(session.house.release.scan("edges").group_by("relation").len().collect().iter_rows())
    relations = [r for r in schema().relations.values() if not named or {r.subject, r.object} & named]
    rows = [
        (f"(:{kinds[r.subject].label})-[:{r.type}]->(:{kinds[r.object].label})", sentence(r), f"{held[r.name]:,}")
        for r in relations
        if r.name in held
    ]
    empty = ", ".join(r.type for r in relations if r.name not in held)
    attributes = [
        f"(:{kinds[a.category].label}) {a.name}: {a.says}"
        for a in schema().attributes.values()
        if not named or a.category in named
    ]
    attributes += [
        f"[:{schema().relation(a.relation).type}] {a.lower}, {a.upper}: {a.says}, a share from 0 to 1"
        for a in schema().amounts.values()
        if schema().relation(a.relation) in relations
    ]
    return _said(
        ":schema",
        grid(("relationship", "in words", "edges"), rows),
        *([Paragraph(f"Without edges in this release: {empty}.", "quiet")] if empty else []),
        Paragraph("Every node: id, name, category, synonyms, sources, xrefs, and the label Entity.", "quiet"),
        Paragraph(
            "Every relationship: id, tier, sources, publications, year. NOT_TREATS and the like are what is recorded "
            "as not so.",
            "quiet",
        ),
        *(Paragraph(a, "quiet") for a in attributes),
    )


def _release(session: State, words: Sequence[str]) -> Entry:
    release = session.house.release
    tables = release.manifest["tables"]
    rows = [
        (s["title"], s["version"], s["licence"], "yes" if session.permitted.lets_in(s["name"]) else "no")
        for s in release.sources.values()
    ]
    counts = (
        f"{tables['nodes']['rows']:,} nodes, {tables['edges']['rows']:,} edges, {tables['passages']['rows']:,} passages"
    )
    model = session.house.chat
    model_line = (
        f"Language model: {model.name}"
        if model
        else "No language model is set; questions are read by the built-in parser alone."
    )
    return _said(
        ":release",
        Paragraph(f"{release.id}", "head"),
        Paragraph(counts),
        grid(("source", "version", "licence", "counts here"), rows),
        Paragraph(model_line, "quiet"),
    )


def _history(session: State, words: Sequence[str]) -> Entry:
    gave = [e.said if e.status == "answered" else f"{e.status}: {e.said}" for e in session.entries]
    rows = [(n, brief(e.text, 90), brief(g, 60)) for n, (e, g) in enumerate(zip(session.entries, gave, strict=True), 1)]
    return _said(":history", grid(("", "input", "gave"), rows[-_SHOWN:]))


def _save(session: State, words: Sequence[str]) -> Entry:
    from galenic.explore.exports import claim, put
    from galenic.explore.notebook import written

    path = Path(words[0]).expanduser()
    kept = [e for e in session.entries if e.kept]
    if not kept:
        raise UsageError("there is nothing to save yet")
    claim(session, path)
    put(path, written(kept, session.house.release.id, session.permitted.sources))
    line = f"{several(len(kept), 'entry')} in {path}; to run again: galenic explore --replay {shlex.quote(str(path))}"
    return _said(f":save {shlex.quote(words[0])}", Paragraph(line))


def _export(session: State, words: Sequence[str]) -> Entry:
    from galenic.explore.exports import export

    return export(session, *words)


def _quit(session: State, words: Sequence[str]) -> Entry:
    return Entry(":quit", "command", "answered", kept=False, done=True)


_LISTED = (
    Command("help", "[COMMAND]", "shows this, or what one command does", 0, 1, _help),
    Command("explain", "", "how the last answer was found, or what the last Cypher does, step by step", 0, 0, _explain),
    Command(
        "evidence",
        "N",
        "all evidence of result N: statements, sources, tiers, licences, publications, quotes",
        1,
        1,
        _evidence,
    ),
    Command("results", "", "all results of the last answer, numbered", 0, 0, _results),
    Command("cypher", "", "the Cypher of the last answer", 0, 0, _cypher),
    Command(
        "expand",
        "NODE",
        "what a thing is tied to, by relation, with counts and the best evidence; NODE is a name, an id or a result's "
        "number",
        1,
        12,
        _expand,
    ),
    Command(
        "path", "A B", "paths between two things with their evidence; names of several words in quotes", 2, 20, _path
    ),
    Command("focus", "[NODE | none]", "what 'it' and 'them' mean; puts a thing in focus", 0, 12, _focus),
    Command("param", "[NAME=VALUE]", "parameters for Cypher: shows them, or gives one", 0, 1, _param, raw=True),
    Command("schema", "[LABEL]", "labels, relationships and properties", 0, 4, _schema),
    Command("save", "FILE", "saves inputs and results as a Markdown notebook", 1, 1, _save),
    Command(
        "export",
        "csv|parquet|kgx|png FILE [--raw]",
        "the last result: rows, or the part of the graph it rests on; --raw leaves cells of CSV as they are",
        2,
        3,
        _export,
    ),
    Command("release", "", "the release, its sources, and which of them count", 0, 0, _release),
    Command("history", "", "the inputs of this session", 0, 0, _history),
    Command("quit", "", "ends the session, as Ctrl-D does", 0, 0, _quit),
)
COMMANDS = {c.name: c for c in _LISTED}
_SHORT = {"q": "quit", "exit": "quit", "h": "help", "?": "help", "e": "evidence", "x": "explain"}

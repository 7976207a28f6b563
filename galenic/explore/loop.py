"""The loop of a session: at a terminal, from a pipe, or over a notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from galenic import __version__
from galenic.explore.completion import NameIndex, Suggester
from galenic.explore.entries import Entry
from galenic.explore.notebook import read
from galenic.explore.prompt import history_in, prompt_session
from galenic.explore.reading import inputs
from galenic.explore.replay import replay
from galenic.explore.session import Session
from galenic.explore.showing import show_entry, show_outcome
from galenic.reports.console import PlainText
from kg.release.release import short

T = TypeVar("T")
_MOMENT = 0.7
_CODES = {"answered": 0, "abstained": 3, "failed": 1}


class Stopped(Exception):
    """The person stopped what was running."""


def interruptible(work: Callable[[], T], waiting: Callable[[], AbstractContextManager[object]] = nullcontext) -> T:
    """Do something in a thread of its own, so that Ctrl-C gives the prompt back at once; raises `Stopped`.

    What was stopped is left to its time limit, and its result is thrown away. `waiting` says
    that something runs, once it takes longer than a moment.
    """
    returned: list[T] = []
    failed: list[BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            returned.append(work())
        except BaseException as problem:  # The caller's thread raises it.
            failed.append(problem)
        finally:
            done.set()

    try:
        threading.Thread(target=run, daemon=True).start()
        if not done.wait(_MOMENT):
            with waiting():
                done.wait()
    except KeyboardInterrupt:
        raise Stopped from None
    if failed:
        raise failed[0]
    return returned[0]


class _Names:
    """The index for completion, made in the background while the person reads the first lines."""

    def __init__(self, session: Session) -> None:
        self._found: NameIndex | None = None
        self._session = session
        threading.Thread(target=self._make, daemon=True).start()

    def _make(self) -> None:
        self._found = NameIndex(self._session.house.linker.store)

    def __call__(self) -> NameIndex | None:
        return self._found


def at_terminal(make: Callable[[], Session], out: Console) -> int:
    """Prompt, run, show, until the person ends it."""
    session = make()
    _welcome(session, out)

    def bound() -> Mapping[str, Any]:
        # The session may be another one by then.
        return session.bound()

    prompt = prompt_session(
        Suggester(_Names(session), bound),
        history_in(session.house.home, session.house.settings.history),
        lambda: _toolbar(session),
    )
    while True:
        try:
            text = prompt.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        if not text.strip():
            continue
        before = session.snapshot()
        try:
            entry = interruptible(partial(session.run, text), partial(out.status, "running; Ctrl-C stops it"))
        except Stopped:
            out.print(PlainText("Stopped.\n", style="yellow"))
            session = before
            continue
        show_entry(entry, out)
        out.print()
        if entry.done:
            return 0


def _welcome(session: Session, out: Console) -> None:
    tables = session.house.release.manifest["tables"]
    held = f"{tables['nodes']['rows']:,} nodes, {tables['edges']['rows']:,} edges"
    out.print(PlainText(f"Galenic {__version__}, release {short(session.house.release.id)}: {held}.", style="bold"))
    restricted = session.permitted.sources
    if restricted is not None:
        out.print(f"Only these sources count: {', '.join(sorted(restricted)) or 'none'}.")
    out.print("Ask in English or write Cypher. Tab completes, `:help` shows the commands, Ctrl-D ends.\n")


def _toolbar(session: Session) -> str:
    memory = session.dialogue.memory
    focus = f"it: {memory.focus.name}" if memory.focus else ""
    things = f"them: {len(memory.context.results):,} results" if memory.context and memory.context.results else ""
    return "   ".join(p for p in (focus, things, ":help") if p)


def from_pipe(session: Session, lines: Iterable[str], out: Console) -> int:
    """Run every input of a text; the exit code is that of the worst: failed, then abstained."""
    worst = 0
    for text in inputs(lines):
        entry = session.run(text)
        out.print(PlainText(f"> {text}", style="bold"))
        show_entry(entry, out)
        out.print()
        worst = _worse(worst, entry)
        if entry.done:
            break
    return worst


def _worse(code: int, entry: Entry) -> int:
    new = _CODES[entry.status]
    return 1 if 1 in (code, new) else max(code, new)


def over_notebook(make: Callable[[tuple[str, ...] | None], Session], path: Path, out: Console) -> int:
    """Run a notebook again and say what changed; 0 when nothing did, else 1."""
    notebook = read(path)
    session = make(notebook.sources)
    release = session.house.release.id
    if notebook.release == release:
        out.print(f"{path}: made on {notebook.day} on this release, {short(release)}.")
    else:
        out.print(
            f"{path}: made on {notebook.day} on release {short(notebook.release)}; this is release {short(release)}."
        )
    changed = 0
    for number, outcome in enumerate(replay(session, notebook), 1):
        show_outcome(number, outcome, out)
        changed += bool(outcome.changes)
    total = len(notebook.entries)
    out.print(
        f"{total - changed} of {total} entries are the same." if changed else f"All {total} entries are the same."
    )
    return 1 if changed else 0

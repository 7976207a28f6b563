"""The prompt: one line for a question, several for Cypher, with completion, colours and a history in the home
folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, has_completions, is_done
from prompt_toolkit.formatted_text import HTML, StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import DynamicLexer, Lexer, PygmentsLexer, SimpleLexer
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from pygments.lexers.graph import CypherLexer

from galenic.explore.completion import Suggester
from galenic.explore.reading import is_open, is_whole, kind_of

_STYLE = Style.from_dict(
    {
        "prompt": "bold ansicyan",
        "continuation": "ansibrightblack",
        "bottom-toolbar": "noreverse ansibrightblack",
        "pygments.keyword": "bold ansiblue",
        "pygments.name.label": "ansigreen",
        "pygments.literal.string": "ansiyellow",
        "completion-menu.meta.completion": "bg:ansibrightblack ansiwhite",
    }
)


class _Completer(Completer):
    """The suggester at prompt_toolkit's port."""

    def __init__(self, suggester: Suggester) -> None:
        self._suggester = suggester

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions for the text before the cursor."""
        for suggestion in self._suggester.suggest(document.text_before_cursor):
            yield Completion(
                suggestion.text, -suggestion.length, display=suggestion.shown, display_meta=suggestion.says
            )


def history_in(home: Path, kept: bool) -> History:
    """The history file of a home folder; in memory where it is not to be kept, or the folder cannot be written."""
    if not kept:
        return InMemoryHistory()
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = home / "explore_history"
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def keys() -> KeyBindings:
    """Enter ends an input that is whole and makes a new line in one that is not; with one of several completions chosen
    it takes that.
    """
    bindings = KeyBindings()

    @bindings.add("enter", filter=~is_done)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        state = buffer.complete_state
        if state is not None and state.current_completion is not None and len(state.completions) > 1:
            buffer.complete_state = None
        elif not buffer.text.strip() or is_whole(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @bindings.add("escape", "enter")
    def _run_now(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("escape", filter=has_completions, eager=True)
    def _close(event: KeyPressEvent) -> None:
        event.current_buffer.cancel_completion()

    return bindings


def prompt_session(
    suggester: Suggester,
    history: History,
    toolbar: Callable[[], str],
    source: Input | None = None,
    sink: Output | None = None,
) -> PromptSession[str]:
    """The prompt; `source` and `sink` stand in for the terminal."""
    cypher, plain = PygmentsLexer(CypherLexer), SimpleLexer()
    session: PromptSession[str]

    def lexer() -> Lexer:
        return cypher if kind_of(session.default_buffer.text) == "cypher" else plain

    def line() -> StyleAndTextTuples:
        buffer = session.default_buffer
        if kind_of(buffer.text) == "cypher":
            ends = (
                "a bracket or quote is open. Ctrl-C drops it."
                if is_open(buffer.text)
                else "ends with ; or an empty line."
            )
            return [("class:bottom-toolbar", f" Cypher: {ends} Alt-Enter runs it now. ")]
        return [("class:bottom-toolbar", f" {toolbar()} ")]

    def continued(width: int, number: int, wrapped: int) -> StyleAndTextTuples:
        return [("class:continuation", " " * (width - 2) + "| ")]

    session = PromptSession(
        HTML("<prompt>galenic&gt;</prompt> "),
        multiline=True,
        prompt_continuation=continued,
        completer=_Completer(suggester),
        complete_while_typing=Condition(lambda: len(session.default_buffer.text) > 1),
        complete_in_thread=True,
        history=history,
        key_bindings=keys(),
        lexer=DynamicLexer(lexer),
        style=_STYLE,
        bottom_toolbar=line,
        enable_history_search=False,
        reserve_space_for_menu=6,
        mouse_support=False,
        input=source,
        output=sink,
    )
    return session

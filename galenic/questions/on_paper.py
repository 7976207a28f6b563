"""A question that no form of the graph says, where a passage has nearly all of its words: one to the literature."""

from __future__ import annotations

from collections.abc import Callable

from kg.logic.forms import AbstainForm, AskBackForm, LiteratureForm
from kg.logic.reading import Read
from retrieval.errors import RetrievalError
from retrieval.lexical import terms
from retrieval.passages import PassageIndex

# Of 1,500 questions to the graph none came so near to a passage; of 50 that papers ask of themselves 45 did.
_FEWEST_WORDS, _LEAST_SHARE, _LOOKED_AT = 6, 0.9, 5


def on_paper(question: str, read: Read, passages: Callable[[], PassageIndex]) -> Read:
    """A question that was not understood as one to the literature where a passage has its words, else as it was read.

    Fewer than six words do not tell a passage on the question from any other. Without an index it stays as it was.
    """
    wanted = set(terms(question))
    if not _was_not_understood(read) or len(wanted) < _FEWEST_WORDS:
        return read
    try:
        near = passages().search(question, _LOOKED_AT)
    except RetrievalError:
        return read
    if any(len(wanted.intersection(terms(f"{h.title} {h.text}"))) >= _LEAST_SHARE * len(wanted) for h in near):
        return Read(LiteratureForm(question.strip()), parser=read.parser)
    return read


def _was_not_understood(read: Read) -> bool:
    form = read.form
    return (
        isinstance(form, (AbstainForm, AskBackForm))
        and form.reason in ("ambiguous_question", "unknown_name")
        and not read.follows
    )

"""Which relation of this release answers a question where one is narrower than the one that was read: targets, of all
that a drug binds.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kg.evidence.edges import sources_of
from kg.evidence.permitted import Permitted
from kg.logic.reading import Read
from kg.logic.rewriting import walked
from kg.release.release import Release

_WIDE, _NARROW = "binds", "targets"
_TARGETS = re.compile(r"target", re.IGNORECASE)
_BINDS = re.compile(r"\b(?:un)?(?:bind|bound|ligand|affinit|attach|dock|latch|engag)", re.IGNORECASE)


def settled(question: str, read: Read, release: Release, permitted: Permitted) -> Read:
    """The reading with `targets` in place of `binds` where the question speaks of targets and permitted sources tell
    them apart.

    Sources that know only what binds, as Hetionet, answer with that. A question that speaks of binding too is left as
    it was read.
    """
    words = question
    for linked in read.linked:
        # A name may hold the word: 'mammalian target of rapamycin'.
        words = words.replace(linked.mention, " ")
    if not _TARGETS.search(words) or _BINDS.search(words):
        return read
    form = walked(read.form, {_WIDE: _NARROW})
    if form == read.form or not sources_of(release, _NARROW, permitted):
        return read
    return replace(read, form=form)

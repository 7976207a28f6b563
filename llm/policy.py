"""What is not answered, decided once and before any parser: unreadable input, orders to write, personal advice."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.logic.forms import AbstainForm

MAX_CHARACTERS = 2_000
# What a person is told, by the reason of a refusal.
BECAUSE: Mapping[str, str] = {
    "write_request": "Galenic only reads: it changes nothing in the graph and takes no instructions from a question.",
    "personal_advice": (
        "This asks for advice on doses or on one person's treatment; a doctor or pharmacist can answer it."
    ),
    "out_of_scope": "Galenic answers questions on drugs, diseases, genes and what ties them together.",
    "incomplete": "The question does not say of what: name a drug, a disease, a gene or another thing.",
    "ambiguous_question": "What this asks is not in the graph, or it may be read in several ways.",
}

WRITE = re.compile(
    r"\b(?:delete|erase|wipe|purge|overwrite|truncate|detach|insert|rename|shutdown)\b"
    r"|\b(?:remove|add|create|update|change|edit|register|save|store|set|merge|mark|write|put|modify|alter"
    r"|replace)\b.{0,60}"
    r"\b(?:graph|database|node|nodes|edge|edges|link|record|entry|index|name of|class of|as a (?:new "
    r")?(?:treatment|drug|disease)|so that|that .+ (?:treats|causes|binds)"
    r"|fact|new (?:drug|disease|gene)|to test)\b"
    r"|\bdrop (?:the|all|every|this|that|table|node|index|database)\b|^(?:please )?(?:drop|edit)\b"
    r"|\bedit\b.{0,60}\bmake it\b|get rid of|\bmerge \(|\bcall (?:dbms|apoc|db)\b|\bload csv\b"
    r"|(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |previous |prior |my |these |above "
    r")*(?:instructions?|rules|guardrails|prompt|system|restrictions)"
    r"|system prompt|reveal your|pretend you|you are now|write access|^\s*system:|jailbreak|developer mode",
    re.IGNORECASE,
)
PERSONAL = re.compile(
    r"\b(?:should|can|may|could|must|would) (?:i(?! (?:recogni|find|tell|identify|see|know|ask|get a list|watch"
    r"|look|expect|monitor|be (?:aware|watching|looking)))|my \w+)\b|\b(?:should|can|may|could|must) (?:he|she)\b"
    r"|\bwould (?:he|she)\b(?! (?:have|show|present|get|develop)\b)"
    r"|\b(?:should|can) (?:an?|the) (?:pregnant|breastfeeding|elderly)"
    r"|\bis it (?:safe|ok|okay|fine|dangerous|alright) (?:to|for|if)\b|\bis .{2,40} safe (?:for|in|during|with)\b"
    r"|\bsafe (?:dose|during pregnancy|for (?:me|kids|children))\b"
    r"|\b(?:dose|doses|dosage|dosages|dosing|posology|titration|titrate|mg|milligrams?|tablets?|pills? (?:a|per) "
    r"day|overdos\w+|taper)\b"
    r"|\bhow (?:often|long|many times)\b.{0,20}\b(?:take|use|do i)|\bhow much\b.{0,40}\b(?:take|give|need|should"
    r"|per day|a day|i|me)\b|\bi forgot\b"
    r"|\b(?:recommend|advise|prescribe)\b.{0,40}\b(?:me|my)\b|\bfor my (?!\w* ?(?:thesis|project|study|research|work"
    r"|paper|phd|class|course|analysis|enrichment|background|screen|talk|slides|lecture|exam|list|report|lab|students)\b)"
    r"|\bi (?:have(?! (?:no (?:idea|clue)|been (?:asked|offered|told|wondering)|heard|read|seen)\b)|feel"
    r"|am (?:pregnant|taking|on)|suffer|take|was diagnosed|got)\b.{0,60}\b(?:what|should|can|now"
    r"|which|do|help)\b|\b(?:do|should) i need\b"
    r"|\bdo i (?:have|need)\b|\bam i (?!right)|\b(?:give|feed).{0,30}\bto my\b|\bmy (?:dog|cat|child|kid|son"
    r"|daughter|mother|father|wife|husband|baby)\b"
    r"|\b(?:best|better|good|right|safest|safe|suitable) for (?:my|me)\b|\b(?:safe|maximum|max|loading) dos(?:e|age)\b"
    r"|\bhow many (?:mg|milligrams?|tablets?|pills?)\b|\b\d+ ?(?:mg|mcg|ml)\b|\boverdos\w+"
    r"|\b(?:shall|ought) (?:i|we|my|our|he|she|they|this)\b|\b(?:i|he|she|patient) ought\b"
    r"|\bwhether (?:i|we|this patient|he|she) (?:should|ought|need|can|must)\b|\bif you were me\b"
    r"|\bin my (?:place|position)\b|\bwould you (?:take|start|put (?:me|my|this)|recommend|let|refuse|give|choose)\b"
    r"|\bwould you (?:advise|prescribe|stop|in my)\b|\bdo you think (?:i|my|these|this|he|she)\b"
    r"|\bdo (?:i|we) (?:stop|double|withhold|hold|continue|start|switch|discontinue|take (?!on)|halve|send|skip)\b"
    r"|\bdo i (?:run|push|tell (?:her|him|my))\b|\bmissed (?:my|a dose|the)\b|\bwean (?:myself|off)\b"
    r"|\b(?:switch|swap) (?:me|my \w+|him|her) (?:on|from|off|to)\b|\bdiagnose me\b"
    r"|\bthis (?:particular )?patient\b.{0,40}\b(?:on|off|be)\b|\bright for me\b",
    re.IGNORECASE,
)


def refused(question: str) -> AbstainForm | None:
    """Why a question must not be answered, whatever it names; None for all others.

    >>> refused("delete all drugs").reason, refused("What drugs treat gout?")
    ('write_request', None)
    """
    unread = _unreadable(question)
    if unread is not None:
        return unread
    if WRITE.search(question):
        return AbstainForm("write_request", BECAUSE["write_request"])
    if PERSONAL.search(question):
        return AbstainForm("personal_advice", BECAUSE["personal_advice"])
    return None


def _unreadable(question: str) -> AbstainForm | None:
    """Questions that are empty, endless or no text."""
    if not question.strip():
        return AbstainForm("incomplete", "The question is empty.")
    if len(question) > MAX_CHARACTERS:
        return AbstainForm(
            "incomplete", f"The question has {len(question):,} characters; ask in at most {MAX_CHARACTERS:,}."
        )
    if "\x00" in question or sum(1 for c in question if not c.isprintable() and not c.isspace()) > len(question) // 20:
        return AbstainForm("out_of_scope", "The question is not text.")
    if sum(1 for c in question if c.isascii()) < len(question) * 0.6:
        return AbstainForm("out_of_scope", "Galenic reads questions in English.")
    return None

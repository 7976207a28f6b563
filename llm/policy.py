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
    r"|\b(?:remove|add|create|update|change|edit|register|save|store|set|merge|mark|write|put (?!together)|modify|alter"
    r"|replace)\b.{0,60}"
    r"\b(?:graph|database|node|nodes|edge|edges|link|record|entry|index|name of|class of|as a (?:new "
    r")?(?:treatment|drug|disease)|so that|that .+ (?:treats|causes|binds)"
    r"|fact|new (?:drug|disease|gene)|to test)\b"
    r"|\bdrop (?:all|this|table|node|index|database|the (?:table|node|index|database|graph))\b"
    r"|^(?:please )?(?:drop|edit)\b"
    r"|\bedit\b.{0,60}\bmake it\b|\bmerge \(|\bcall (?:dbms|apoc|db)\b|\bload csv\b"
    r"|(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |previous |prior |my |these |above "
    r")*(?:instructions?|rules|guardrails|prompt|system|restrictions)"
    r"|system prompt|reveal your|pretend you(?!'re| are \w+ and tell)|you are now|write access|^\s*system:|jailbreak"
    r"|developer mode",
    re.IGNORECASE,
)
_KIN = (
    r"my (?:child(?:ren)?|kids?|son|daughter|mother|father|m[uo]m|dad|wife|husband|partner|baby|boy|girl|toddler|sister"
    r"|brother|gran\w*|nan|patient|dog|cat)"
)
# 'Can I find ...' asks what is known; 'can I take ...' asks what to do.
_LOOKING = (
    r"(?:recogni|find|tell|identify|see|know|ask|get(?! rid)|give (?:her|him) so|have (?:the|all|a list)|watch|look"
    r"|expect|monitor|be |treat cells|perturb|swap|pick|bump|use blood|point)"
)
PERSONAL = re.compile(
    "|".join(
        (
            rf"\b(?:should|can|may|could|must|would) (?:i\b(?! {_LOOKING})|my \w+|he\b(?! not take)|she\b)",
            r"\bshould (?:an?|the) (?:pregnant|breastfeeding|elderly)",
            r"\bis it (?:safe|ok|okay|fine|dangerous|alright) (?:to|for|if)\b",
            r"\bis .{2,40} safe (?:for|in|during|with)\b",
            r"\bsafe (?:dose|during pregnancy|for (?:me|kids|children))\b",
            r"\b(?:right|best|correct|usual|starting|maximum|max|daily|what|which|lower|higher|reduce|increase|double)"
            r" dos(?:e|es|age|ing)\b",
            r"\b(?:my|safe|p(?:a)?ediatric|loading) dos(?:e|es|age|ing)\b",
            r"\bdos(?:e|es|age|ing|ages) (?:of|for|in|when|should|if|do|is)\b",
            r"\b(?:posology|titration|titrate|overdos\w+|taper)\b|\b\d+ ?(?:mg|milligrams?|mcg|ml)\b",
            r"\bhow many (?:mg|milligrams?|tablets?|pills?)\b(?! do)|\bpills? (?:a|per) day\b",
            r"\b(?:\d+|half an?|two|three|four|extra|another|more) (?:tablets?|pills?)\b",
            r"\bhow (?:often|long|many times)\b.{0,20}\b(?:take|use|do i)",
            r"\bhow much\b.{0,40}\b(?:take|give|need|should|per day|a day|i|me)\b|\bi forgot (?:to|my)\b",
            r"\b(?:recommend|advise|prescribe)\b.{0,40}\b(?:me|my)\b",
            r"\b(?:best|better|good|right|safest|safe|suitable) for (?:my|me)\b",
            r"\bi (?:have|feel|am (?:pregnant|taking|on)|suffer|take|was diagnosed|got)\b.{0,60}"
            r"\b(?:should i|can i(?! have all)|may i|do i|what now|help me (?:with|decide|choose))\b",
            r"\b(?:do|should) i need\b|\bdo i (?:have|need)\b|\bam i (?!right|correct|wrong|worr|on|rid)",
            r"\b(?:give|feed).{0,30}\bto my\b",
            rf"\b{_KIN}\b.{{0,80}}\b(?:should|how much|how many|how often|safe to|stop taking|instead of)\b",
            r"\b(?:shall|ought) (?:i|we|my|our|he|she|they|this)\b|\b(?:i|he|she|patient) ought\b",
            r"\bwhether (?:i|we|this patient|he|she) (?:should|ought|need|can|must)\b",
            r"\bif you were me\b|\bin my (?:place|position)\b",
            r"\bwould you (?:take|start|put (?:me|my|this)|recommend|let|refuse|give|choose)\b",
            r"\bwould you (?:advise|prescribe|stop|in my)\b",
            r"\bdo (?:i|we) (?:stop|double|withhold|hold|continue|start|switch|discontinue|take (?!on))\b",
            r"\bdo (?:i|we) (?:halve|send|skip)\b",
            r"\bdo i (?:run|push|tell (?:her|him|my))\b|\bdo you think (?:i|my|these|this|he|she)\b",
            r"\bmissed (?:my|a dose|the)\b|\bwean (?:myself|off)\b",
            r"\b(?:switch|swap) (?:me|my \w+|him|her) (?:on|from|off|to)\b",
            r"\bthis (?:particular )?patient\b.{0,40}\b(?:on|off|be)\b|\bright for me\b",
        )
    ),
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

"""Questions that are not answered, by rule: advice for one person, requests to write, other subjects, nothing asked."""

from __future__ import annotations

import re

WRITE = re.compile(
    r"\b(?:delete|erase|wipe|purge|overwrite|truncate|detach|insert|rename|shutdown)\b"
    r"|\b(?:remove|add|create|update|change|edit|register|save|store|set|merge|mark|write|put|modify|alter|replace)\b.{0,60}"
    r"\b(?:graph|database|node|nodes|edge|edges|link|record|entry|index|name of|class of|as a (?:new )?(?:treatment|drug|disease)|so that|that .+ (?:treats|causes|binds)"
    r"|fact|new (?:drug|disease|gene)|to test)\b"
    r"|\bdrop (?:the|all|every|this|that|table|node|index|database)\b|^(?:please )?(?:drop|edit)\b|\bedit\b.{0,60}\bmake it\b|get rid of|\bmerge \(|\bcall (?:dbms|apoc|db)\b|\bload csv\b"
    r"|(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |previous |prior |my |these |above )*(?:instructions?|rules|guardrails|prompt|system|restrictions)"
    r"|system prompt|reveal your|pretend you|you are now|write access|^\s*system:|jailbreak|developer mode",
    re.IGNORECASE,
)
PERSONAL = re.compile(
    r"\b(?:should|can|may|could|must|would) (?:i(?! (?:recogni|find|tell|identify|see|know|ask|get a list|watch|look|expect|monitor|be aware))|my \w+|he|she)\b|\b(?:should|can) (?:an?|the) (?:pregnant|breastfeeding|elderly)"
    r"|\bis it (?:safe|ok|okay|fine|dangerous|alright) (?:to|for|if)\b|\bis .{2,40} safe (?:for|in|during|with)\b|\bsafe (?:dose|during pregnancy|for (?:me|kids|children))\b"
    r"|\b(?:dose|doses|dosage|dosages|dosing|posology|titration|titrate|mg|milligrams?|tablets?|pills? (?:a|per) day|overdos\w+|taper)\b"
    r"|\bhow (?:often|long|many times)\b.{0,20}\b(?:take|use|do i)|\bhow much\b.{0,40}\b(?:take|give|need|should|per day|a day|i|me)\b|\bi forgot\b"
    r"|\b(?:recommend|advise|prescribe)\b.{0,40}\b(?:me|my)\b|\bfor my (?!thesis|project|study|research|work|paper|phd|class|course|analysis)"
    r"|\bi (?:have|feel|am (?:pregnant|taking|on)|suffer|take|was diagnosed|got)\b.{0,60}\b(?:what|should|can|now|which|do|help)\b|\b(?:do|should) i need\b"
    r"|\bdo i (?:have|need)\b|\bam i (?!right)|\b(?:give|feed).{0,30}\bto my\b|\bmy (?:dog|cat|child|kid|son|daughter|mother|father|wife|husband|baby)\b|\bright for me\b",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"\b(?:it|its|that one|this one|them|they|this (?:drug|disease|gene|one)|that (?:drug|disease|gene)|the second one|the first one|these|those)\s*[?.!]*$"
    r"|\b(?:its|their) (?:side effects|targets|symptoms|genes)\b|^(?:and )?what about\b|\bdoes (?:it|this|that)\b|\bis (?:it|this)\b$",
    re.IGNORECASE,
)
COMMON = frozenset(
    """gimme gonna wanna gotta folks guys stuff lots bunch anybody anyone about after again against all also always among amount and another any are around as ask asks at available away back based be because been before
    being best better between big both but by call called came case cause change check clear come common compare could current data database day did
    different do does doing done down during each effect either else enough even ever every everything example exist exists explain fact facts far few find
    first for found from full general get give given go good graph great group had happen happens has have having he help helps here high how human humans i if
    important in include including information instead into involved is it its itself just keep kind know known large last later least less let like likely
    list little long look looking lot made main make makes many may me mean might more most much must my name names need never new next no not nothing now
    number of off often on once one ones only or other others our out over own part particular patient patients people per person please possible present
    put question quite rather really regarding related right role same say see seen several she should show shown similar since small so some somebody someone
    something still such sure take taken tell than thank thanks that the their them then there these they thing things think this those through time to
    fewest least highest lowest together too top true type types under until up us use used useful using usual various very want was way we well were what when where whether which while
    who whole why will with within without work works would yes yet you your hi hello hey ok okay um wonder curious simply basically actually exactly total
    currently reported recorded documented existing listed clinical medical biological biomedical scientific chemical molecular certain specific treatment
    drug drugs disease diseases gene genes protein proteins tissue tissues pathway pathways symptom symptoms side effects associated association expression
    expressed level levels target targets approved therapy therapies treat treats treated caused causes causing both fewer counting yes no question
    """.split()
)


# Ordinary words that narrow a question down in ways the graph does not know: no names, and never passed over in silence.
RESTRICTING = frozenset(
    """adult adults adolescent adolescents aged animal animals annual babies baby boys breastfeeding caucasian cheap cheapest child children chronic china daily
    developing elderly emergency ethnic europe european expensive female females first-line generic girls hospital hospitals infant infants intravenous
    kids local male males men mice mild moderate mouse neonates newborn newborns old older oral orally outpatients pediatric pregnancy pregnant prescription
    quickly rare rats recent recently recommended refractory safe safely safest second-line severe severely smokers teenagers topical toddlers usa veterans
    women young younger world africa african america american asia asian japan india white black rapidly strongly weakly effective effectively best worst
    cheaper newest oldest latest modern traditional long-term short-term acute early late stage advanced""".split()
)


def refusal(question: str) -> tuple[str, str] | None:
    """(reason, why) for a question that must not be answered whatever it names; None for all others."""
    if WRITE.search(question):
        return (
            "write_request",
            "Galenic only reads: it changes nothing in the graph and takes no instructions from a question.",
        )
    if PERSONAL.search(question):
        return (
            "personal_advice",
            "This asks for advice on doses or on one person's treatment; a doctor or pharmacist can answer it.",
        )
    return None


def about_biomedicine(words: list[str], vocabulary: frozenset[str]) -> bool:
    """Whether the words speak of relations or kinds that the graph knows."""
    return sum(1 for w in words if w in vocabulary) >= 1

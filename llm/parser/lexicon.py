"""The words that carry the structure of a question: nouns for kinds, connectors, frames and cues."""

from __future__ import annotations

import re

DRUG, DISEASE, GENE, ANATOMY = "biolink:Drug", "biolink:Disease", "biolink:Gene", "biolink:AnatomicalEntity"
SYMPTOM, EFFECT, PROCESS = "biolink:PhenotypicFeature", "biolink:ClinicalFinding", "biolink:BiologicalProcess"
COMPONENT, FUNCTION, PATHWAY, CLASS = (
    "biolink:CellularComponent",
    "biolink:MolecularActivity",
    "biolink:Pathway",
    "biolink:ChemicalRole",
)

_KINDS: dict[str, str] = {
    DRUG: "drug|medication|medicine|compound|med|small molecule|pharmaceutical|active substance|active ingredient|drug product|"
    "medicinal product|substance|molecule|pill|agent|chemical|drug molecule|approved drug|active compound",
    DISEASE: "disease|condition|disorder|illness|malady|pathology|medical condition|ailment|sickness|clinical condition|disease entity",
    GENE: "gene|protein|human gene|gene product|protein coding gene|loci|locus|human protein|target gene|receptor|risk gene",
    ANATOMY: "tissue|organ|anatomical structure|body part|anatomy|body region|part of the body|anatomical site|bit of the body|anatomical entity|"
    "anatomical region|body site",
    EFFECT: "side effect|adverse effect|adverse reaction|adverse event|side-effect|unwanted effect|adr|toxicity|adverse drug reaction|"
    "undesirable effect|unwanted side effect|bad reaction",
    SYMPTOM: "symptom|sign|clinical sign|complaint|manifestation|clinical feature|presenting sign|signs and symptom|presenting symptom",
    PROCESS: "biological process|process|cellular process|go process|bioprocess|go biological process",
    COMPONENT: "cellular component|subcellular location|cell compartment|organelle|part of the cell|subcellular compartment|cellular compartment|"
    "cell component|cellular location",
    FUNCTION: "molecular function|function|molecular activity|biochemical activity|go function|go molecular function|biochemical function",
    PATHWAY: "pathway|signaling pathway|biological pathway|molecular pathway|signalling cascade|signalling pathway|signaling cascade",
    CLASS: "pharmacologic class|drug class|class of drug|pharmacological class|drug family|therapeutic class|drug group|medication class|"
    "pharmacologic category|drug category|medicine class",
}


def _plural(noun: str) -> str:
    head, _, rest = noun.partition(" of ")
    if rest:
        return f"{_plural(head)} of {rest}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ss", "x", "ch")) else "s")


NOUNS: dict[str, str] = {}
for _category, _names in _KINDS.items():
    for _name in _names.split("|"):
        NOUNS[_name] = NOUNS[_plural(_name)] = _category
NOUNS |= {
    "classes of drugs": CLASS,
    "parts of the cell": COMPONENT,
    "parts of the body": ANATOMY,
    "bits of the body": ANATOMY,
    "loci": GENE,
}
NOUNS |= {"signs and symptoms": SYMPTOM, "families of drugs": CLASS, "groups of drugs": CLASS}

# Nouns that name a relation as well as a kind: 'targets of X'. They stay in the text that is scored.
RELATIONAL: dict[str, str] = {
    **dict.fromkeys(("target", "targets"), GENE),
    **dict.fromkeys(
        (
            "treatment",
            "treatments",
            "therapy",
            "therapies",
            "remedy",
            "remedies",
            "medication options",
            "cure",
            "cures",
        ),
        DRUG,
    ),
    **dict.fromkeys(
        (
            "ligand",
            "ligands",
            "inhibitor",
            "inhibitors",
            "binder",
            "binders",
            "analogue",
            "analogues",
            "analog",
            "analogs",
            "inducers",
            "lookalikes",
            "upregulators",
            "downregulators",
            "suppressors",
            "blockers",
            "antagonists",
            "agonists",
            "repressors",
        ),
        DRUG,
    ),
    **dict.fromkeys(("causes", "harms", "interactors", "regulators", "partners", "members", "downsides"), ""),
    **dict.fromkeys(("indication", "indications", "uses"), DISEASE),
}

OPENERS = re.compile(
    r"^(?:(?:please|pls|hi|hello|hey|ok|okay|so|um|thanks|well|bot|good day|quick question|out of curiosity|for a project|for my thesis)\W*"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|show|give|list|find|name|pull up|explain|enumerate|get)(?: me| us)?\b\s*"
    r"|i (?:need|want|would like|was wondering|wonder|am looking|am interested|am trying)(?: to (?:know|see|find|learn|find out|get))?(?: in| for| about)?\b\s*"
    r"|do you (?:know|have)\b\s*|(?:tell|show|give|get|find|list|name|enumerate|display|return|fetch|retrieve|identify|report|pull up|run me through|provide|"
    r"look up|search(?: for)?)\b(?: me| us| out)?\b\s*|looking for\b\s*|i(?:'d| would) like to (?:see|know|have)\b\s*|who knows\b\s*|"
    r"any idea\b\s*|what do we know about\b\s*)+",
    re.IGNORECASE,
)
CLOSERS = re.compile(
    r"[\s,]*\b(?:please|pls|thanks|thank you|cheers|asap|again|exactly|i wonder|in the graph|in the knowledge graph|according to hetionet|"
    r"in this database|in the database|in hetionet|in humans|for me|right now|if any|are there|do you know|are known|is known|exist|"
    r"are recorded|are listed|known)\W*$",
    re.IGNORECASE,
)
DETERMINERS = {
    "the",
    "a",
    "an",
    "all",
    "any",
    "some",
    "every",
    "each",
    "of",
    "those",
    "these",
    "which",
    "what",
    "that",
    "are",
    "is",
    "there",
    "me",
    "known",
    "one",
    "other",
    "else",
    "different",
    "various",
    "kind",
    "kinds",
    "type",
    "types",
    "sort",
    "sorts",
    "possible",
    "many",
    "how",
    "list",
    "full",
    "overview",
    "among",
    "between",
    "within",
    "us",
    "were",
    "was",
    "might",
    "be",
    "it",
    "as",
    "whose",
    "who",
    "common",
    "main",
    "ones",
    "set",
    "distinct",
    "specific",
    "particular",
    "complete",
    "names",
    "name",
    "you",
    "know",
    "do",
    "does",
    "could",
    "can",
    "human",
}
AND = (
    "as well as",
    "intersected with",
    "and at the same time",
    "and also",
    "while they also",
    "while also",
    "that also",
    "and which also",
    "and that also",
    "also",
    "and",
    "along with",
    "but also",
    "in addition to",
    "and which",
    "and that",
    "simultaneously",
)
NOT = (
    "but not",
    "but do not",
    "but does not",
    "but are not",
    "and not",
    "yet not",
    "except for",
    "except",
    "excluding",
    "without",
    "other than",
    "apart from",
    "besides",
    "leaving out",
    "leaving aside",
    "but never",
    "yet do not",
    "yet are not",
    "and do not",
    "and are not",
    "that do not",
    "that are not",
    "which do not",
    "which are not",
    "but cannot",
    "rather than",
    "minus",
    "but without",
    "not including",
    "but is not",
    "unless they",
    "if we ignore",
    "ignoring",
    "aside from",
    "although not",
    "though not",
    "and does not",
    "but that do not",
    "but which do not",
    "but that are not",
    "not counting",
)
OR = ("or else", "or that", "or which", "and or", "or", "either", "plus", "together with")
NUMBERS = {
    w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100, "dozen": 12}

COUNT = re.compile(
    r"\b(how many|number of|^count\b|count of(?: the| all)?|what(?:'s| is) the total of|total of|tally|how large is the set|what amount of|"
    r"give me the count)\b",
    re.IGNORECASE,
)
LITERATURE = re.compile(
    r"\b(literature|papers?|publications?|published|articles?|stud(?:y|ies)|pubmed|medline|abstracts?|trials?|research(?:ers)?|meta-?analys[ei]s|authors?|cohort|"
    r"hazard ratio|randomi[sz]ed|references? for|evidence (?:for|regarding|that|on|about)|findings|journal|reviews? |survival outcomes?|scientific evidence|"
    r"passages?|investigated|reported in)\b",
    re.IGNORECASE,
)
PATHS = re.compile(
    r"\b(connects?|connections?|(?:how|in what way|in which way|what way)\b.{0,30}connected|(?:what|which \w+) (?:links?|ties?|joins?|binds? together) (?!to)|"
    r"(?:links?|ties?|relationship|relations?|connection|association) (?:between|of @.{0,12}(?:to|with)) |related to each|relation(?:ship)?$|paths?\b|route|chain of|"
    r"hang together|(?:lies|stands|is there) between|mechanism|"
    r"how (?:does|do|might|could|can|is|are|closely|strongly) .{0,40}\b(?:relate|related|associated|work|influence|affect|act on|linked|tied|joined)\b|"
    r"in what way|in which way|to do with(?: each other)?\b|why might|how .{0,30}linked|what (?:do|does|have|has) @.{0,12}@.{0,12}in common)",
    re.IGNORECASE,
)
DESCRIBE = re.compile(
    r"^(?:what|wat|wot|who)(?: ?'?s| is| are|)(?: the| a| an)? ?@$|^(?:describe|define|explain|about|details (?:on|of|about)|info(?:rmation)? (?:on|about)|"
    r"(?:everything |facts |what is known |what do you know |more )?about|profile of|summary of|overview of)(?: the| a| an)? ?@$|^@$"
)
TOP = re.compile(
    r"\b(?:comes? (?:out )?first|counting how many|most|fewest|least|highest|largest|greatest|smallest|lowest|top|leaderboard|rank|champion|best connected|maximum|minimum)\b",
    re.IGNORECASE,
)
FEWEST = re.compile(r"\b(?:fewest|least|smallest|lowest|minimum)\b", re.IGNORECASE)
COMPARE = re.compile(r"\b(?:more|fewer|less|compare|versus|vs|larger|greater|higher)\b", re.IGNORECASE)
YES_NO = re.compile(
    r"^(?:is it (?:true|the case)|true or false|whether|if|is|are|does|do|can|could|has|have|was|were|did|would|will|may|might|am i right|can you confirm|i heard|"
    r"do we know (?:if|whether)|tell me (?:if|whether)|check (?:if|whether)|verify|would you say|confirm|has it been recorded|so)\b",
    re.IGNORECASE,
)
YES_NO_END = re.compile(
    r"(?:,\s*)?(?:yes or no|is that right|right|correct|true|is it|isn't it|then|or not|true or false)\s*[?.!]*$",
    re.IGNORECASE,
)
YES_NO_START = re.compile(
    r"^(?:whether|if|is it (?:true|the case) that|true or false|can you confirm that|i heard(?: that)?|do we know (?:if|whether)|(?:tell me |check |verify )(?:if|whether|that)|"
    r"am i right that|would you say(?: that)?|has it been recorded that|verify|confirm(?: that)?|so|is it known (?:that|whether|if)|it is said that)\b[\s:,]*",
    re.IGNORECASE,
)

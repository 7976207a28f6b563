"""The words that people use for kinds of things and for relations, and the plain words between them.

The one list of words that other rooms may import: names are told from words by it, typing errors are mended by it.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

DRUG, DISEASE, GENE, ANATOMY = "biolink:Drug", "biolink:Disease", "biolink:Gene", "biolink:AnatomicalEntity"
SYMPTOM, EFFECT, PROCESS = "biolink:PhenotypicFeature", "biolink:ClinicalFinding", "biolink:BiologicalProcess"
COMPONENT, FUNCTION = "biolink:CellularComponent", "biolink:MolecularActivity"
PATHWAY, CLASS, VARIANT = "biolink:Pathway", "biolink:ChemicalRole", "biolink:SequenceVariant"

_KINDS: dict[str, str] = {
    DRUG: "drug|medication|medicine|compound|med|small molecule|pharmaceutical|active substance|"
    "active ingredient|drug product|medicinal product|substance|molecule|pill|agent|chemical|"
    "drug molecule|approved drug|active compound",
    DISEASE: "disease|condition|disorder|illness|malady|pathology|medical condition|ailment|sickness|"
    "clinical condition|disease entity",
    GENE: "gene|protein|human gene|gene product|protein coding gene|loci|locus|human protein|target gene|"
    "receptor|risk gene",
    ANATOMY: "tissue|organ|anatomical structure|body part|anatomy|body region|part of the body|anatomical site|"
    "bit of the body|anatomical entity|anatomical region|body site",
    EFFECT: "side effect|adverse effect|adverse reaction|adverse event|side-effect|unwanted effect|adr|toxicity|"
    "adverse drug reaction|undesirable effect|unwanted side effect|bad reaction",
    SYMPTOM: "symptom|sign|clinical sign|complaint|manifestation|clinical feature|presenting sign|"
    "signs and symptom|presenting symptom",
    PROCESS: "biological process|process|cellular process|go process|bioprocess|go biological process",
    COMPONENT: "cellular component|subcellular location|cell compartment|organelle|part of the cell|"
    "subcellular compartment|cellular compartment|cell component|cellular location",
    FUNCTION: "molecular function|function|molecular activity|biochemical activity|go function|"
    "go molecular function|biochemical function",
    PATHWAY: "pathway|signaling pathway|biological pathway|molecular pathway|signalling cascade|"
    "signalling pathway|signaling cascade",
    CLASS: "pharmacologic class|drug class|class of drug|pharmacological class|drug family|therapeutic class|"
    "drug group|medication class|pharmacologic category|drug category|medicine class",
    VARIANT: "variant|sequence variant|gene variant|genetic variant|variant of a gene",
}


def _plural(noun: str) -> str:
    head, _, rest = noun.partition(" of ")
    if rest:
        return f"{_plural(head)} of {rest}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ss", "x", "ch")) else "s")


# Nouns for kinds of thing, in singular and plural.
NOUNS: dict[str, str] = {form: c for c, names in _KINDS.items() for n in names.split("|") for form in (n, _plural(n))}
NOUNS |= {
    "classes of drugs": CLASS,
    "families of drugs": CLASS,
    "groups of drugs": CLASS,
    "parts of the cell": COMPONENT,
}
NOUNS |= {"parts of the body": ANATOMY, "bits of the body": ANATOMY, "loci": GENE, "signs and symptoms": SYMPTOM}

# Nouns that name a relation as well as a kind: 'targets of X'. They stay in the text that is scored.
RELATIONAL: dict[str, str] = {
    **dict.fromkeys(
        ("target targets").split(),
        GENE,
    ),
    **dict.fromkeys(
        (
            "treatment treatments therapy therapies remedy remedies cure cures ligand ligands inhibitor "
            "inhibitors binder binders analogue analogues analog analogs inducers lookalikes upregulators "
            "downregulators suppressors blockers antagonists agonists repressors"
        ).split(),
        DRUG,
    ),
    "medication options": DRUG,
    **dict.fromkeys(
        ("causes harms interactors regulators partners members downsides").split(),
        "",
    ),
    **dict.fromkeys(
        ("indication indications uses").split(),
        DISEASE,
    ),
}

NUMBERS = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
NUMBERS |= {"fifteen": 15, "twenty": 20, "fifty": 50, "hundred": 100, "dozen": 12}

# Words before a noun that say nothing of it.
DETERMINERS = frozenset(
    """
    a all among an any are as be between can common complete could different distinct do does each else every full
    how human is it kind kinds know known list main many me might name names of one ones other overview particular
    possible set some sort sorts specific that the there these those type types us various was were what which who
    whose within you
    """.split()
)

# Ordinary words of questions, which are never names.
COMMON = frozenset(
    """
    about actually after again against all also always among amount and another any anybody anyone approved are
    around as ask asks associated association at available away back based basically be because been before being
    best better between big biological biomedical both bunch but by call called came case cause caused causes
    causing certain change check chemical clear clinical come common compare could counting curious current
    currently data database day did different disease diseases do documented does doing done down drug drugs
    during each effect effects either else enough even ever every everything exactly example exist existing exists
    explain expressed expression fact facts far few fewer fewest find first folks for found from full gene general
    genes get gimme give given go gonna good gotta graph great group guys had happen happens has have having he
    hello help helps here hey hi high highest how human humans i if important in include including information
    instead into involved is it its itself just keep kind know known large last later least less let level levels
    like likely list listed little long look looking lot lots lowest made main make makes many may me mean medical
    might molecular more most much must my name names need never new next no not nothing now number of off often
    ok okay on once one ones only or other others our out over own part particular pathway pathways patient
    patients people per person please possible present protein proteins put question quite rather really recorded
    regarding related reported right role same say scientific see seen several she should show shown side similar
    simply since small so some somebody someone something specific still stuff such sure symptom symptoms take
    taken target targets tell than thank thanks that the their them then therapies therapy there these they thing
    things think this those through time tissue tissues to together too top total treat treated treatment treats
    true type types um under until up us use used useful using usual various very wanna want was way we well were
    what when where whether which while who whole why will with within without wonder work works would yes yet you
    your
    """.split()
)

# Words by which questions are framed.
FRAMING = frozenset(
    """
    abstracts according addition along although am analys analyses analysis apart articles asap aside authors
    besides bot cannot chain champion cheers cohort confirm connection connections connects curiosity define
    details ed enumerate ers evidence except excluding false fetch findings greater greatest hang hazard heard
    hetionet idea identify ies ignore ignoring influence info interested intersected investigated joined joins
    journal knowledge knows larger largest leaderboard learn leaving lies links literature maximum mechanism mention moa
    mode modes
    mentioned mentioning mentions
    medline meta minimum minus outcomes papers passages paths pls plus project publications published pubmed pull
    quick randomi randomised randomized rank ratio references relate relation relations relationship report
    research researcher researchers retrieve return reviews rmation route search ship simultaneously smallest
    stands strongly stud studies study summary survival tally thesis though ties trials trying unless verify
    versus vs wat wondering wot
    """.split()
)

# Ordinary words that narrow a question down in ways the graph does not know: no names, never passed over in silence.
RESTRICTING = frozenset(
    """
    acute adolescent adolescents adult adults advanced africa african aged america american animal animals annual
    asia asian babies baby best black boys breastfeeding caucasian cheap cheaper cheapest child children china
    chronic daily developing early effective effectively elderly emergency ethnic europe european expensive female
    females first-line generic girls hospital hospitals india infant infants intravenous japan kids late latest
    local long-term male males men mice mild moderate modern mouse neonates newborn newborns newest old older
    oldest oral orally outpatients pediatric pregnancy pregnant prescription quickly rapidly rare rats recent
    recently recommended refractory safe safely safest second-line severe severely short-term smokers stage
    strongly teenagers toddlers topical traditional usa veterans weakly white women world worst young younger
    """.split()
)

_TOKEN = re.compile(r"\{x\}|[a-z0-9']+")
_SHORT = ("ing", "ated", "ates", "ate", "ion", "ions", "ed", "es", "s", "e")
_SHORTEST, _TWO_ERRORS = 4, 9
_LONGEST_NOUN = max(len(noun.split()) for noun in NOUNS)


def kinds_in(text: str) -> list[str]:
    """The categories that nouns of a text name, in reading order, longest noun first.

    >>> kinds_in("which side effects have drugs with targets")
    ['biolink:ClinicalFinding', 'biolink:Drug', 'biolink:Gene']
    """
    words, categories, at = re.findall(r"[\w'-]+", text.casefold()), [], 0
    while at < len(words):
        for length in range(min(_LONGEST_NOUN, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            category = NOUNS.get(phrase) or RELATIONAL.get(phrase)
            if category:
                categories.append(category)
                break
        at += length
    return categories


@lru_cache(maxsize=1)
def relation_wordings() -> tuple[tuple[str, str, str], ...]:
    """How people say each relation: (relation, direction, wording with {x} for the name)."""
    text = files("llm").joinpath("wordings.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple((r["relation"], r["direction"], r["wording"]) for r in rows)


@lru_cache(maxsize=1)
def relation_words() -> frozenset[str]:
    """Every word of the wordings, lower case: words that say a relation and name nothing."""
    return frozenset(word for _, _, wording in relation_wordings() for word in _TOKEN.findall(wording.casefold()))


@lru_cache(maxsize=1)
def relation_stems() -> frozenset[str]:
    """The stems of the words that say a relation."""
    return frozenset(stem(word) for word in relation_words())


def stem(word: str) -> str:
    """A crude stem, enough to let 'treated' meet 'treats'."""
    for ending in _SHORT:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_WHO = "i you he she it we they who what that there here where how this one someone let".split()


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Ordinary words around a question: they name nothing unless they are written as a name, and say no relation."""
    return frozenset(files("llm").joinpath("everyday.tsv").read_text("utf-8").split()[1:])


@lru_cache(maxsize=1)
def contracted_words() -> frozenset[str]:
    """'he's', 'it'd': pronouns with what is left of a verb, which are abbreviations of many things without it.

    >>> sorted(w for w in contracted_words() if w.startswith("she's"))
    ["she's"]
    """
    apart = (f"{who}{mark}{verb}" for who in _WHO for verb in ("s", "d", "ll", "ve", "re", "m") for mark in "'’")
    return frozenset(apart)


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Every word that questions are made of beside names."""
    nouns = {word for noun in NOUNS for word in noun.split()}
    return frozenset(nouns | COMMON | FRAMING | relation_words() | set(RELATIONAL) | DETERMINERS | set(NUMBERS))


@lru_cache(maxsize=1)
def _by_length() -> dict[int, list[str]]:
    by_length: dict[int, list[str]] = {}
    for word in sorted(known_words()):
        by_length.setdefault(len(word), []).append(word)
    return by_length


@lru_cache(maxsize=4096)
def corrected(word: str) -> str | None:
    """The question word that a lower-case word was meant to be, the word itself if it is one, None for neither.

    >>> corrected("medicatoins"), corrected("genes"), corrected("zorbloxinib")
    ('medications', 'genes', None)
    """
    if (
        word in known_words()
        or word in RESTRICTING
        or word.removesuffix("s") in known_words()
        or stem(word) in relation_stems()
    ):
        return word
    if len(word) < _SHORTEST or not word.isascii():
        return None
    allowed = 2 if len(word) >= _TWO_ERRORS else 1
    choices = [
        w
        for size in range(len(word) - allowed, len(word) + allowed + 1)
        if size >= _SHORTEST
        for w in _by_length().get(size, ())
    ]
    best = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=allowed)
    if best is None:
        return None
    meant = str(best[0])
    # A new first letter makes another word more often than it is a slip.
    return meant if meant[0] == word[0] or (len(word) >= 6 and best[1] == 1) else None

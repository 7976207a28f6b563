"""Other ways in which a name may be written: symbols without hyphens, salts, words around a name, parts of the body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ontologies.names.normal import ROMAN

DRUGS = ("biolink:Drug", "biolink:ChemicalEntity")
GENES = ("biolink:Gene", "biolink:GeneFamily", "biolink:Protein")
DISEASES = ("biolink:Disease", "biolink:PhenotypicFeature")
CONDITIONS = (*DISEASES, "biolink:ClinicalFinding")
PROCESSES = ("biolink:Pathway", "biolink:BiologicalProcess", "biolink:MolecularActivity")
_SALTS = frozenset(
    (
        "hydrochloride dihydrochloride hydrobromide sulfate bisulfate hydrogensulfate phosphate diphosphate "
        "nitrate acetate diacetate citrate tartrate bitartrate fumarate hemifumarate maleate malate mesylate "
        "mesilate dimesylate tosylate tosilate ditosylate besylate besilate succinate gluconate lactate "
        "oxalate pamoate embonate stearate palmitate valerate propionate dipropionate benzoate salicylate "
        "bromide chloride iodide sodium disodium potassium dipotassium calcium magnesium lithium zinc "
        "tromethamine meglumine arginine lysine erbumine edisylate esylate napsylate xinafoate furoate "
        "decanoate enanthate cypionate medoxomil axetil cilexetil proxetil pivoxil etexilate disoproxil "
        "alafenamide mofetil marboxil monohydrate dihydrate trihydrate hemihydrate hydrate anhydrous "
        "hemisulfate orotate aspartate carbonate oxide hydroxide trometamol olamine diolamine choline"
    ).split()
)
# How salts are written in short.
_SHORT = {
    "hcl": "hydrochloride",
    "hbr": "hydrobromide",
    "so4": "sulfate",
    "na": "sodium",
    "k": "potassium",
    "mesilate": "mesylate",
    "besilate": "besylate",
    "tosilate": "tosylate",
}
# What stands around the name of a drug and does not change which drug it is.
_DOSAGE = frozenset(
    (
        "tablet tablets capsule capsules caplet pill pills syrup suspension solution injection injections "
        "infusion inhaler nebules nebulizer nebuliser patch patches cream ointment gel lotion drops spray "
        "suppository suppositories pen er xr sr cr la xl mr dr ec od odt retard depot modified extended "
        "sustained slow immediate release enteric coated inhaled oral intravenous iv im sc topical "
        "transdermal intranasal nasal generic low high dose therapy treatment medication"
    ).split()
)
_GREEK = {
    "alpha": "a",
    "beta": "b",
    "gamma": "g",
    "delta": "d",
    "epsilon": "e",
    "kappa": "k",
    "zeta": "z",
    "theta": "q",
    "mu": "m",
    "lambda": "l",
    "sigma": "s",
    "eta": "h",
}
_LETTERS = {**_GREEK, "receptor": "r"}
_FACTOR = re.compile(r"^factor ([ivx]+|\d+)a?$")
_STRENGTH = re.compile(r"\d+(?:mg|mcg|g|ml)|mg|mcg")
_STEREO = re.compile(r"^(?:levo|dextro|rac|racemic|dl|d l|l|d|r|s|es)\s+(?=[a-z]{5})")
_GENE_WORDS = frozenset("the human gene protein enzyme kinase antigen mutation mutations".split())
# What is said of a gene or its product and does not change which one it is; 'inhibitor' or 'deficiency' would.
_OF_A_GENE = _GENE_WORDS | frozenset(
    (
        "a an of in for genes proteins variant variants polymorphism polymorphisms snp snps expression overexpression "
        "mrna transcript transcripts level levels activity concentration concentrations serum plasma circulating "
        "blood wild type mutant mutated pathogenic germline somatic homozygous heterozygous locus allele alleles "
        "amplification deletion deletions fusion fusions rearrangement rearrangements channel subunit isoform "
        "oncogene tumor suppressor positive negative status encoding coding called named loss gain function"
    ).split()
)
# What is said of a drug when it is taken or given.
_OF_A_DRUG = _DOSAGE | frozenset(
    (
        "the a an of with drug drugs medicine medicines medicinal brand called named taking using use dose doses "
        "daily weekly administration eye ear nose mouthwash lozenge lozenges pessary enema foam shampoo powder "
        "granules vial ampoule syringe prefilled autoinjector nebulised nebulized buccal sublingual rectal vaginal "
        "ophthalmic otic subcutaneous intramuscular intrathecal parenteral injectable injected long short acting "
        "chewable effervescent dispersible soluble tab tabs cap caps inj soln oint strength po prn bid tid qid qd bd "
        "tds treated treating receiving"
    ).split()
)
# What is said of a disease or symptom, of those who have it, and of its course.
_OF_A_CONDITION = frozenset(
    (
        "the a an of with from in for by disease disorder condition illness called named patient patients people "
        "person persons individual individuals someone child children adult adults woman women man men those subject "
        "subjects suffering suffers sufferer sufferers having has had diagnosed diagnosis affected living history "
        "known suspected newly recently risk symptom symptoms sign signs case cases onset sudden chronic acute "
        "subacute recurrent recurring relapsed relapsing refractory resistant severe mild moderate advanced "
        "metastatic active untreated uncontrolled persistent intermittent early late stage end pediatric my your "
        "his her feeling feel feels terrible bad slight very"
    ).split()
)
_STRENGTHS = re.compile(r"\b\d+(?: \d+)* ?(?:mg|mcg|microgram|micrograms|g|ml|iu|units|u)\b(?: (?:ml|day|kg|d))?")
_CONDITION_WORDS = (
    "the",
    "a",
    "newly diagnosed",
    "recently diagnosed",
    "poorly controlled",
    "well controlled",
    "uncontrolled",
    "treatment resistant",
    "treatment naive",
    "severe",
    "mild",
    "moderate",
    "end stage",
    "known",
    "suspected",
    "pt w",
    "pt with",
    "patient with",
    "patients with",
    "people with",
    "history of",
    "h o",
    "hx of",
    "dx of",
    "diagnosis of",
    "case of",
)
_JOINT = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
_PATHWAY = re.compile(
    r"\s+(?:signaling\s+pathway|signal\s+transduction|signaling\s+cascade|signaling|pathway|cascade)$"
)
_PATHWAYS = (
    "{} signaling pathway",
    "{} signaling",
    "{} pathway",
    "signaling by {}",
    "{} signal transduction",
    "{} metabolism",
    "{} metabolic process",
)
_OF = re.compile(r"^(.+?) of (?:the |my |your )?(.+)$")
_TYPE = re.compile(r"^(t|type ?)([12])\b")


@dataclass(frozen=True, slots=True)
class Variant:
    """A text to look up instead: its share of the weight, what was done, and the kinds of thing that it may name."""

    text: str
    factor: float
    how: str
    categories: tuple[str, ...] = ()


def written(text: str) -> Iterator[Variant]:
    """The same symbol without the spaces that hyphens left, or with them: 'il 6' is il6, 'dpp iv' is dpp4.

    >>> [v.text for v in written("dpp iv")]
    ['dppiv', 'dpp 4', 'dpp4']
    """
    words = text.split()
    if len(words) > 4 or not (any(c.isdigit() for c in text) or words[-1] in ROMAN):
        if 1 < len(words) <= 3 and all(len(w) <= 5 for w in words) and len(text) <= 9:
            yield Variant("".join(words), 0.985, " without spaces", GENES)
        return
    seen = {text}
    numbered = " ".join([*words[:-1], ROMAN.get(words[-1], words[-1])])
    for form in ("".join(words), numbered, numbered.replace(" ", ""), _JOINT.sub(" ", text)):
        if form not in seen:
            seen.add(form)
            yield Variant(form, 0.985, " without spaces" if " " not in form else " with spaces")


def greek(text: str) -> Iterator[Variant]:
    """A symbol with the names of Greek letters as Latin ones, and 'receptor' as r: 'ifn gamma' is ifng.

    >>> [v.text for v in greek("il 1 alpha")], [v.text for v in greek("tgf beta receptor 2")]
    (['il1a'], ['tgfbr2'])
    """
    words = text.split()
    if not 1 < len(words) <= 5 or all(w.isalpha() and len(w) > 5 and w not in _LETTERS for w in words):
        return
    letters = [_LETTERS.get(w, w) if n else w for n, w in enumerate(words)]
    closed = "".join(letters)
    if letters != words and 3 <= len(closed) <= 9:
        yield Variant(closed, 0.985, " with its words as letters", GENES)


def factors(text: str) -> Iterator[Variant]:
    """Clotting factors: 'factor 9' is the coagulation factor of that number, 'factor xa' its activated form."""
    if match := _FACTOR.match(text):
        number = ROMAN.get(match[1], match[1])
        yield Variant(f"coagulation factor {number}", 0.97, ", the clotting factor", GENES)


def salts(text: str) -> Iterator[Variant]:
    """The drug of a salt or ester, without the words of the salt: 'metformin hcl' is metformin.

    >>> [v.text for v in salts("imatinib mesylate")]
    ['imatinib']
    """
    words = [_SHORT.get(w, w) if n else w for n, w in enumerate(text.split())]
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _SALTS:
        kept.pop()
    if len(kept) < len(words):
        salt = " ".join(words[len(kept) :])
        if salt != " ".join(text.split()[len(kept) :]):
            yield Variant(" ".join(words), 0.99, " written in full", DRUGS)
        yield Variant(" ".join(kept), 0.985, f", of which this is the {salt}", DRUGS)


def around(text: str) -> Iterator[Variant]:
    """A name without words that stand around it: dosage forms of a drug, 'gene', 'patients with', 'the'."""
    words = text.split()
    kept = [w for w in words if w not in _DOSAGE and not _STRENGTH.fullmatch(w)]
    if kept and len(kept) < len(words):
        yield Variant(" ".join(kept), 0.93, " without the form in which it is given", DRUGS)
    # 'EGFR receptor' is EGFR, but the receptor of IL6 is another gene.
    genes = [
        w
        for n, w in enumerate(words)
        if w not in _GENE_WORDS and not (n and w == "receptor" and words[n - 1][-1] == "r")
    ]
    if genes and len(genes) < len(words):
        yield Variant(" ".join(genes), 0.93, " without the words around it", GENES)
    bare = text
    for phrase in _CONDITION_WORDS:
        bare = bare.removeprefix(f"{phrase} ")
    if bare != text:
        yield Variant(bare, 0.92, " without the words before it")
    if match := _STEREO.match(text):
        yield Variant(text[match.end() :], 0.9, f" without “{match.group().strip()}”", DRUGS)
    if match := _TYPE.match(text):
        yield Variant(f"type {match[2]}{text[match.end() :]}", 0.95, " written in full", DISEASES)


def peeled(text: str) -> Iterator[Variant]:
    """A name without what is said about it at either end, the least taken away first; for a text that is one name.

    >>> [v.text for v in peeled("patients suffering from migraine")], [v.text for v in peeled("jak2 expression")]
    (['migraine'], ['jak2'])
    """
    strengthless = " ".join(_STRENGTHS.sub(" ", text).split())
    if strengthless != text and strengthless:
        yield Variant(strengthless, 0.94, " without its strength", DRUGS)
    for said, kinds, what in (
        (_OF_A_DRUG, DRUGS, "the form in which it is given"),
        (_OF_A_GENE, GENES, "the words around it"),
        (_OF_A_CONDITION, CONDITIONS, "the words around it"),
    ):
        core = _core((strengthless if kinds is DRUGS else text).split(), said)
        if core and core != text:
            yield Variant(core, 0.92, f" without {what}", kinds)


def _core(words: list[str], said: frozenset[str]) -> str:
    """What is left of a name without the words at its ends that are said about it."""
    first, last = 0, len(words)
    while first < last and words[first] in said:
        first += 1
    while last > first and words[last - 1] in said:
        last -= 1
    return " ".join(words[first:last])


def pathways(text: str) -> Iterator[Variant]:
    """Names of a pathway with the other words for one: 'hedgehog signaling', 'signaling by hedgehog'."""
    bare = _PATHWAY.sub("", text)
    if bare != text:
        for shape in _PATHWAYS:
            yield Variant(shape.format(bare), 0.95, " in other words", PROCESSES)


@lru_cache(maxsize=1)
def _parts() -> dict[str, tuple[str, str]]:
    told = files("ontologies.names").joinpath("body_parts.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in told if line and not line.startswith("#")]
    return {name: (noun, adjective) for name, noun, adjective in rows}


def of_the_body(text: str) -> Iterator[Variant]:
    """A condition of a part of the body in the words of the books: 'cancer of the voice box', 'voice box cancer'.

    >>> [v.text for v in of_the_body("cancer of the voice box")]
    ['larynx cancer', 'laryngeal cancer', 'voice box cancer']
    """
    match = _OF.match(text)
    words = text.split()
    splits = (
        [(match[1], match[2])]
        if match
        else [(" ".join(words[n:]), " ".join(words[:n])) for n in range(len(words) - 1, 0, -1)]
    )
    for condition, place in splits:
        if place in _parts():
            noun, adjective = _parts()[place]
            for part in (noun, adjective, place):
                if f"{part} {condition}" != text:
                    yield Variant(f"{part} {condition}", 0.95, f" of the {noun}", DISEASES)


def infixed(text: str) -> bool:
    """Whether a text is short and has digits or single letters: a symbol, that no typing error explains."""
    return len(text.replace(" ", "")) <= 6 and any(c.isdigit() for c in text)

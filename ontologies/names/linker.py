"""A mention to candidates: exact, reordered, suffix-free and mistyped forms, scored together."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rapidfuzz.distance import OSA

from ontologies import curie
from ontologies.errors import CurieError
from ontologies.names import normal, variants
from ontologies.names.store import KIND_NAMES, KINDS, WHY, NameStore
from ontologies.names.typing_errors import mistyped
from ontologies.names.variants import Variant

# Words that say what kind of thing a name is of.
_SUFFIXES = {
    " disease": variants.CONDITIONS,
    " disorder": variants.CONDITIONS,
    " syndrome": variants.CONDITIONS,
    " infection": variants.CONDITIONS,
    " gene": variants.GENES,
    " protein": variants.GENES,
    " tissue": ("biolink:AnatomicalEntity",),
    " pathway": variants.PROCESSES,
    " process": variants.PROCESSES,
}
_DIGITS = re.compile(r"\d+")
# PREFIX:local, PREFIX_local, or either at the end of a web address.
_IDENTIFIER = re.compile(r"(?:https?://\S*/)?([A-Za-z][A-Za-z0-9.]*)[:_]([A-Za-z0-9][\w.-]*)")
# DrugBank's numbers are written without their prefix, and nothing else is called so.
_BARE_DRUGBANK = re.compile(r"DB\d{5}")
_ONE_ERROR, _TWO_ERRORS = 5, 10
# Where one name stands for things of several kinds, people mean the drug, the disease or the gene first.
_KIND_PENALTY = {
    "biolink:ClinicalFinding": 0.08,
    "biolink:BiologicalProcess": 0.03,
    "biolink:MolecularActivity": 0.06,
    "biolink:PhenotypicFeature": 0.02,
    "biolink:ChemicalEntity": 0.08,
    "biolink:Pathway": 0.08,
    "biolink:ChemicalRole": 0.01,
}
# Vocabularies that describe but do not lead: where another one carries the same name, that one is meant.
_VOCABULARY_PENALTY = {
    ("MESH", "biolink:Disease"): 0.02,
    ("MESH", "biolink:AnatomicalEntity"): 0.03,
    ("OMIM", "biolink:Disease"): 0.03,
    ("ORPHANET", "biolink:Disease"): 0.03,
    ("DECIPHER", "biolink:Disease"): 0.03,
}
_MAIN = frozenset(("biolink:Drug", "biolink:Disease", "biolink:Gene"))
_POPULARITY = 0.05
# What is left of the score of a sense that an abbreviation hardly ever has.
_LEAST_SENSE = 0.9
_GENE = "biolink:Gene"
_FREQUENT = 5
_BRANDS_KNOWN = 200
_FAMILIAR = frozenset(("preferred", "exact", "official", "lay"))
_VERY_SPELLING = 0.01
_OTHER_SPECIES = 0.1
# How many times the edges of a drug the gene of the same name has where its own protein is meant.
_FAR_MORE, _NEAR, _AFTER, _SYMBOL = 3, 0.06, 0.0005, 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that a mention may stand for; `score` is 0 to 1, `why` says how the name matched."""

    id: str
    name: str
    category: str
    score: float
    why: str
    degree: int = 0


class NameLinker:
    """Links mentions against one index of names."""

    def __init__(self, folder: Path) -> None:
        self.store = NameStore(folder)
        self._ceiling = math.log1p(float(self.store.node_degree.max())) if len(self.store.node_degree) else 1.0

        # In a small graph few edges are many.
        self._frequent_degree = min(_FREQUENT, math.expm1(self._ceiling) // 50)

    @property
    def release(self) -> str:
        """The id of the release whose names these are."""
        return self.store.release

    def is_in_names(self, word: str) -> bool:
        """Whether some name has this word."""
        return self.store.has(self.store.named, normal.key(word))

    def link(
        self, mention: str, *, categories: Collection[str] | None = None, limit: int = 10, fuzzy: bool = True
    ) -> list[Candidate]:
        """Candidates, best first; none for a name that the release does not carry.

        Ambiguous names give several candidates of like score. `categories`
        keeps only these Biolink categories.
        """
        named = self.identified(mention)
        if named is not None:
            return [named] if not categories or named.category in categories else []
        text = normal.key(mention)
        if not text:
            return []
        scores = self._written(text, mention)
        if not self._main(scores):
            self._rewritten(scores, variants.around(text))
        if not self._main(scores) and fuzzy:
            self._peeled(scores, text)
        if not scores and fuzzy:
            self._mistyped(scores, text)
        return self._ranked(scores, categories, limit)

    def _written(self, text: str, mention: str) -> dict[int, tuple[float, str]]:
        """What a text may name in any of the ways in which a name is written."""
        scores: dict[int, tuple[float, str]] = {}
        self._exact(scores, text, mention)
        for make in (variants.written, variants.greek, variants.factors, variants.salts):
            self._rewritten(scores, make(text))
        if not self._main(scores):
            self._variants(scores, text)
        for make in (variants.of_the_body, variants.pathways):
            if not self._main(scores):
                self._rewritten(scores, make(text))
        return scores

    def _peeled(self, scores: dict[int, tuple[float, str]], text: str) -> None:
        """Names of one kind inside words that are said of such things."""
        for variant in variants.peeled(text):
            for node, (score, why) in self._written(variant.text, variant.text).items():
                of_the_kind = self.store.categories[self.store.node_category[node]] in variant.categories
                if of_the_kind and score * variant.factor > scores.get(node, (0.0, ""))[0]:
                    scores[node] = (score * variant.factor, f"{why}{variant.how}")

    def link_batch(
        self, mentions: Sequence[str], *, categories: Collection[str] | None = None, limit: int = 10
    ) -> list[list[Candidate]]:
        """`link` for many mentions."""
        return [self.link(m, categories=categories, limit=limit) for m in mentions]

    def identified(self, text: str) -> Candidate | None:
        """The node of an identifier, however it is written: 'DOID:13189', 'doid_13189', a web address.

        None for a text that is no identifier, or that of no node.
        """
        bare = _BARE_DRUGBANK.fullmatch(text.strip())
        match = _IDENTIFIER.fullmatch(f"DRUGBANK:{text.strip()}" if bare else text.strip())
        if match is None:
            return None
        try:
            identifier = str(curie.parse(f"{match.group(1)}:{match.group(2)}"))
        except CurieError:
            return None
        entries = self.store.entries(self.store.id_hash, self.store.id_entry, identifier.casefold()).tolist()
        for node in entries:
            category = self.store.categories[self.store.node_category[node]]
            degree = int(self.store.node_degree[node])
            name, own = self.store.node_name[node], self.store.node_id[node]
            why = "its identifier" if own.casefold() == identifier.casefold() else f"its identifier {identifier}"
            return Candidate(own, name, category, 1.0, why, degree)
        return None

    def named_exactly(self, text: str) -> bool:
        """Whether a text is a name as a whole, as fast as a look-up."""
        return len(self.store.entries(self.store.exact_hash, self.store.exact_entry, normal.key(text))) > 0

    def known(self, text: str) -> list[Candidate]:
        """Candidates by exact or reordered form alone, as fast as a look-up."""
        return self.link(text, fuzzy=False)

    def _add(self, scores: dict[int, tuple[float, str]], entries: Sequence[int], factor: float, how: str) -> None:
        for entry in entries:
            kind = KIND_NAMES[self.store.entry_kind[entry]]
            node = int(self.store.entry_node[entry])
            score = KINDS[kind] * factor * (_LEAST_SENSE + (1 - _LEAST_SENSE) * float(self.store.entry_weight[entry]))
            if node not in scores or score > scores[node][0]:
                reason = WHY[kind] if kind == "preferred" else f"{WHY[kind]}, “{self.store.entry_name[int(entry)]}”"
                scores[node] = (score, f"{reason}{how}")

    def _exact(self, scores: dict[int, tuple[float, str]], text: str, mention: str) -> None:
        entries = self.store.entries(self.store.exact_hash, self.store.exact_entry, text)
        self._add(scores, entries.tolist(), 1.0, "")
        for entry in entries.tolist():
            # The very spelling, capitals and all, is better evidence than a folded one: 'CAT' against 'cat'.
            node = int(self.store.entry_node[entry])
            score, why = scores[node]
            if self.store.entry_name[entry] == mention:
                if not mention.islower() and not mention.istitle():
                    scores[node] = (score + _VERY_SPELLING, why)
            elif int(self.store.node_category[node]) == self._category(_GENE) and len(text) <= 4 and mention.islower():
                scores[node] = (score - 0.05, why)
        if not mention.islower() and not mention.istitle():
            self._other_species(scores, entries.tolist(), mention)

    def _other_species(self, scores: dict[int, tuple[float, str]], entries: Sequence[int], mention: str) -> None:
        """Where one gene is spelt as the mention, those with other capitals come after it: another species' genes."""
        gene = self._category(_GENE)
        genes = {
            int(self.store.entry_node[e]) for e in entries if self.store.node_category[self.store.entry_node[e]] == gene
        }
        spelt = {n for n in genes if self.store.node_name[n] == mention}
        for node in genes - spelt if len(spelt) == 1 else ():
            if self.store.node_name[node].casefold() == mention.casefold():
                score, why = scores[node]
                scores[node] = (score - _OTHER_SPECIES, why)

    def _main(self, scores: Mapping[int, tuple[float, str]]) -> bool:
        """Whether a drug, a disease or a gene is among the candidates: then other wordings are not looked for."""
        return any(self.store.categories[self.store.node_category[n]] in _MAIN for n in scores)

    def _rewritten(self, scores: dict[int, tuple[float, str]], others: Iterable[Variant]) -> None:
        """Names that are written otherwise; each variant may keep to some kinds."""
        for variant in others:
            found = self.store.entries(self.store.exact_hash, self.store.exact_entry, variant.text).tolist()
            kinds = {self._category(c) for c in variant.categories}
            entries = [
                e for e in found if not kinds or int(self.store.node_category[self.store.entry_node[e]]) in kinds
            ]
            self._add(scores, entries, variant.factor, variant.how)

    def _category(self, category: str) -> int:
        return self.store.categories.index(category) if category in self.store.categories else -1

    def _variants(self, scores: dict[int, tuple[float, str]], text: str) -> None:
        """Word order, plurals, and with or without 'disease', 'gene' and the like."""
        exact = bool(scores)
        self._add(scores, self._loose(text), 0.97, " in another word order or number")
        if scores or exact:
            return
        for suffix, kinds in _SUFFIXES.items():
            bare = text.removesuffix(suffix)
            if bare != text and len(bare) >= 3:
                self._rewritten(scores, (Variant(bare, 0.93, f" without “{suffix.strip()}”", kinds),))
        if not scores and len(text) >= 5 and " " not in text.strip():
            for suffix in (" disease", " syndrome"):
                self._add(
                    scores,
                    self.store.entries(self.store.exact_hash, self.store.exact_entry, text + suffix).tolist(),
                    0.9,
                    f" with “{suffix.strip()}”",
                )
        elif not scores:
            for suffix in (" disease", " disorder", " syndrome"):
                self._add(scores, self._loose(text + suffix), 0.9, f" with “{suffix.strip()}”")

    def _loose(self, text: str) -> list[int]:
        entries = self.store.entries(self.store.loose_hash, self.store.loose_entry, normal.loose(text)).tolist()
        # A gene symbol has no plural: 'CATs' is not CAT.
        gene = self._category(_GENE)
        symbols = {KIND_NAMES.index("preferred"), KIND_NAMES.index("symbol")}
        # A short form gets a plural, it does not lose one: 'ARBs' are ARB, 'LOC' is not LOCS.
        short = {KIND_NAMES.index("abbreviation"), KIND_NAMES.index("clinical")} if not text.endswith("s") else set()
        return [
            e
            for e in entries
            if not (
                self.store.node_category[self.store.entry_node[e]] == gene and int(self.store.entry_kind[e]) in symbols
            )
            and int(self.store.entry_kind[e]) not in short
        ]

    def _mistyped(self, scores: dict[int, tuple[float, str]], text: str) -> None:
        """Frequent names one or two slips away; digits must agree."""
        if len(text) < _ONE_ERROR or not text.isascii() or variants.infixed(text):
            return
        allowed = 2 if len(text) >= _TWO_ERRORS else 1
        for row in self._alike(text, allowed):
            other = self.store.fuzzy_key[row]
            errors = OSA.distance(text, other, score_cutoff=allowed)
            if errors > allowed or _DIGITS.findall(text) != _DIGITS.findall(other):
                continue
            found = self.store.entries(self.store.exact_hash, self.store.exact_entry, other).tolist()
            meant = [e for e in found if self._familiar(e) and self._plausible(text, other, errors, e)]
            slips = "one typing error" if errors == 1 else "two typing errors"
            self._add(scores, meant, 0.9 if errors == 1 else 0.8, f", {slips} away")

    def _is_drug(self, entry: int) -> bool:
        return self.store.categories[self.store.node_category[self.store.entry_node[entry]]] in variants.DRUGS

    def _familiar(self, entry: int) -> bool:
        """Whether a name is read and heard so much that a slip means it rather than something unknown.

        A brand is, of a drug that is spoken of more than most.
        """
        kind, node = KIND_NAMES[self.store.entry_kind[entry]], self.store.entry_node[entry]
        degree = int(self.store.node_degree[node])
        if kind == "brand":
            return degree >= _BRANDS_KNOWN
        return kind in _FAMILIAR and degree >= self._frequent_degree

    def _alike(self, text: str, allowed: int) -> list[int]:
        """Rows of names that share enough trigrams to be within so many errors."""
        raw = f" {text} ".encode()
        codes = np.unique(
            np.array([(raw[i] << 16) | (raw[i + 1] << 8) | raw[i + 2] for i in range(len(raw) - 2)], np.int64)
        )
        place = np.searchsorted(self.store.fuzzy_grams, codes)
        place = place[place < len(self.store.fuzzy_grams)]
        place = place[np.isin(self.store.fuzzy_grams[place], codes)]
        if not len(place):
            return []
        # One error destroys at most three trigrams (a transposition four): names that share fewer cannot be within
        # reach.
        needed = max(len(codes) - (4 if allowed == 1 else 7), 1)
        sizes = self.store.fuzzy_starts[place + 1] - self.store.fuzzy_starts[place]
        rarest = place[np.argsort(sizes)][: len(codes) - needed + 1] if needed > 1 else place
        rows = np.concatenate(
            [self.store.fuzzy_rows[self.store.fuzzy_starts[p] : self.store.fuzzy_starts[p + 1]] for p in rarest]
        )
        rows, shared = np.unique(rows, return_counts=True)
        near = np.abs(self.store.fuzzy_lengths[rows] - len(text)) <= allowed
        rows, shared = rows[near], shared[near]
        return [int(r) for r in rows[np.argsort(-shared, kind="stable")][:4000]]

    def _ranked(
        self, scores: dict[int, tuple[float, str]], categories: Collection[str] | None, limit: int
    ) -> list[Candidate]:
        candidates = []
        for node, (score, why) in scores.items():
            category = self.store.categories[self.store.node_category[node]]
            if categories is not None and category not in categories:
                continue
            degree = int(self.store.node_degree[node])
            # A well-connected node is meant more often than one that the graph says nothing of.
            bonus = _POPULARITY * math.log1p(degree) / (self._ceiling or 1.0)
            identifier = self.store.node_id[node]
            penalty = _KIND_PENALTY.get(category, 0.0) + _VOCABULARY_PENALTY.get(
                (identifier.partition(":")[0], category), 0.0
            )
            total = round(min(score, 1.0) * (1 - _POPULARITY) + bonus - penalty, 4)
            candidates.append(Candidate(identifier, self.store.node_name[node], category, total, why, degree))
        candidates = _own_proteins_first(candidates)
        return sorted(candidates, key=lambda c: (-c.score, -c.degree, c.id))[:limit]

    def _plausible(self, text: str, other: str, errors: int, entry: int) -> bool:
        """Whether so many errors look like typing: word by word, and never in a word that is right as it stands."""
        if errors <= 0:
            return True
        # Brands and proteins lie close together, and many more are thought up: no consonant of one is another.
        gene = int(self.store.node_category[self.store.entry_node[entry]]) == self._category(_GENE)
        strict, drug = gene or KIND_NAMES[self.store.entry_kind[entry]] == "brand", self._is_drug(entry)
        words, meant = text.split(), other.split()
        if len(words) != len(meant):
            return errors == 1 and text.replace(" ", "") == other.replace(" ", "")
        for word, right in zip(words, meant, strict=True):
            if word == right or (len(words) > 1 and normal.singular(word) == normal.singular(right)):
                continue
            known = len(words) > 1 and self.store.has(self.store.words, word)
            if known or not mistyped(word, right, stem=drug, strict=strict):
                return False
        return True


def _own_proteins_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """A name of a gene's protein and of a drug means the body's own where the gene is spoken of far more than the drug.

    Leptin is LEP, insulin stays both: the kind that is asked for decides, and both are candidates.
    """
    genes = [c for c in candidates if c.category == _GENE and _names_a_protein(c)]
    found = []
    for drug in candidates:
        if drug.category == "biolink:Drug":
            own = [g.score for g in genes if g.degree >= _FAR_MORE * drug.degree and 0 <= drug.score - g.score < _NEAR]
            found.append(replace(drug, score=round(max(own) - _AFTER, 4)) if own else drug)
        else:
            found.append(drug)
    return found


def _names_a_protein(gene: Candidate) -> bool:
    """Whether a gene was found by the name of its protein rather than by a symbol, that a brand may look like."""
    alias = gene.why.startswith(WHY["symbol"]) and len(gene.why.partition("“")[2].partition("”")[0]) < _SYMBOL
    return not alias and not gene.why.startswith(WHY["preferred"])

"""Which identifiers mean the same node: classes with one canonical identifier, each join a row with its reason."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ingest.equivalence import DIFFERENT_KINDS, Classes, Thing, canonical, vocabulary
from ontologies.names import normal

# The vocabulary that names a joined node, best first.
PREFERRED: dict[str, tuple[str, ...]] = {
    "biolink:Disease": ("DOID", "MONDO", "OMIM", "MESH", "ORPHANET", "UMLS"),
    "biolink:Drug": ("DRUGBANK", "GALENIC", "CHEBI", "UNII", "MESH", "UMLS"),
    "biolink:ChemicalEntity": ("DRUGBANK", "CHEBI", "MESH", "MESH:C"),
    "biolink:ChemicalRole": ("NDFRT", "MESH", "CHEBI", "ATC"),
    "biolink:Gene": ("NCBIGene", "HGNC", "ENSEMBL"),
    "biolink:AnatomicalEntity": ("UBERON", "CL", "MESH"),
    "biolink:PhenotypicFeature": ("HP", "MESH"),
    "biolink:BiologicalProcess": ("GO", "MESH"),
    "biolink:CellularComponent": ("GO", "MESH"),
    "biolink:MolecularActivity": ("GO", "MESH"),
}
# Kinds of which two nodes of different vocabularies with one name are one thing. Genes, proteins and pathways are not:
# symbols are shared between species, and each collection draws its own pathway of a name.
BY_NAME = (
    "biolink:Disease",
    "biolink:Drug",
    "biolink:ChemicalEntity",
    "biolink:ChemicalRole",
    "biolink:AnatomicalEntity",
    "biolink:PhenotypicFeature",
)
# One phenomenon told as a disease, a symptom or a side effect: three nodes, tied by an edge.
PHENOMENA = frozenset(("biolink:Disease", "biolink:PhenotypicFeature", "biolink:ClinicalFinding"))
SAME_PHENOMENON = "same_phenomenon_as"
MERGES = {"old": pl.String, "new": pl.String, "origin": pl.String}
# Predicates of mappings: what joins, how sure it is, and what keeps apart.
REPLACED, EXACT, XREF, APART = (
    "IAO:0100001",
    "skos:exactMatch",
    "oboInOwl:hasDbXref",
    "owl:differentFrom",
)
BY_HAND = "merges.toml"
_SHORTEST = 4
# Entries for what makes people prone to a disease, by their whole names: 'x susceptibility to', 'x susceptibility 3'.
_PRONE = re.compile(
    r"^susceptibility to |\bsusceptibility(?: to)?(?: x linked)?(?: \d+)?$"
    r"|\bsusceptibility caused by |\bloc(?:us|i)(?: \d+)?$"
)
_SAID_PRONE = re.compile(r"susceptib|predispos")
_PRONE_WORDS = frozenset("susceptibility to autosomal dominant recessive x linked familial".split())
# 'carcinoma' and 'carcinomas', 'thyroiditis' and 'thyroid' begin alike.
_BEGINNING = 5
_EVERYWHERE = frozenset(
    "disease diseases disorder disorders syndrome syndromes of the and with type to in due other by or not".split()
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is one thing: rows (old, new, origin), how many nodes that joins, pairs left apart, and kin of other kinds.

    `refused` rows say why a mapping did not join (subject, object, origin, reason); `phenomena` are pairs of nodes of
    different kinds that tell of one phenomenon, with the reason.
    """

    merges: pl.DataFrame
    joined: int
    ambiguous: int
    refused: pl.DataFrame
    phenomena: pl.DataFrame


Pair = tuple[str, str, str]


def joins(
    nodes: pl.DataFrame, mappings: pl.DataFrame, parents: pl.DataFrame, first: Mapping[str, str] | None = None
) -> Identity:
    """Join identifiers of one thing.

    `nodes`: one row an identifier with category, name, synonyms, and whether it is only `mentioned` by documents or
    held by an `integrated` graph alone. `mappings`: subject, object, predicate, origin. `parents`: child and what it is
    a kind or a form of.
    `first` sets another vocabulary first for a category. What is surest joins first: lines of merges.toml, replaced
    identifiers, exact mappings and shared codes, references one to one, equal names. A union is refused when both
    sides hold identifiers of one vocabulary, structures differ, one is a kind of the other or they are kept apart; of
    several equally good partners none is taken unless the name decides.
    """
    above: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.select("child", "parent").iter_rows():
        above[child].append(parent)
    things = [
        Thing(i, c, tuple(above.get(i, ())), whole)
        for i, c, whole in nodes.select("id", "category", "integrated").iter_rows()
    ]
    by_predicate: dict[str, list[Pair]] = defaultdict(list)
    for subject, other, predicate, origin in mappings.select("subject", "object", "predicate", "origin").iter_rows():
        if subject != other:
            by_predicate["hand" if origin == BY_HAND and predicate == EXACT else predicate].append(
                (subject, other, origin)
            )
    classes = Classes(things, [(a, b) for a, b, _ in by_predicate.get(APART, ())])
    names = dict(nodes.select("id", "name").iter_rows())
    work = _Work(classes, names, _Synonyms(nodes))
    for a, b, origin in by_predicate.get("hand", ()):
        classes.unite(a, b, origin, forced=True)
    for old, new, origin in by_predicate.get(REPLACED, ()):
        work.tell(old, new, origin, classes.unite(old, new, origin, retired=old))
    for predicate in (EXACT, XREF):
        work.join(_through_codes(classes, by_predicate.get(predicate, ())), sure=predicate == EXACT)
    work.join(_drug_names(nodes))
    work.join(_same_names(nodes), by_name=True)
    return work.result(first or {}, [p for predicate in (EXACT, XREF) for p in by_predicate.get(predicate, ())])


class _Work:
    """Joins pair by pair and keeps account of what was refused."""

    def __init__(self, classes: Classes, names: Mapping[str, str], synonyms: _Synonyms) -> None:
        self.classes, self.names, self.synonyms = classes, names, synonyms
        self.ambiguous: set[tuple[str, str]] = set()
        self.refused: list[tuple[str, str, str, str]] = []

    def tell(self, a: str, b: str, origin: str, problem: str) -> None:
        """Keep why two nodes of one kind were not joined; codes that nothing describes are no loss."""
        if problem and problem != DIFFERENT_KINDS and self.classes.known(a) and self.classes.known(b):
            self.refused.append((a, b, origin, problem))

    def join(self, pairs: Iterable[Pair], *, by_name: bool = False, sure: bool = False) -> None:
        """Join what has one partner in the other's vocabulary; of several, the one of the same name.

        Refusals of what is `sure` are told.
        """
        listed = list(dict.fromkeys(p for p in pairs if not by_name or not self._both_whole(p)))
        partners: dict[tuple[str, str], set[str]] = defaultdict(set)
        for a, b, _ in listed:
            # A thing may have many codes of one sort; that a code means one thing was seen to before.
            if self.classes.known(a) and self.classes.known(b):
                partners[a, vocabulary(b)].add(self.classes.root(b))
                partners[b, vocabulary(a)].add(self.classes.root(a))
        for a, b, origin in listed:
            several = len(partners[a, vocabulary(b)]) > 1 or len(partners[b, vocabulary(a)]) > 1
            if several and not self._named_alike(a, b):
                self.ambiguous.add((a, b))
                continue
            if not sure and not by_name and not self._share_a_name(a, b):
                self.ambiguous.add((a, b))
                continue
            if sure and not self._share_a_word(a, b):
                self.tell(a, b, origin, "no word of their names is the same")
                continue
            problem = self._proneness(a, b) or self.classes.unite(a, b, origin)
            if sure:
                self.tell(a, b, origin, problem)

    def _both_whole(self, pair: Pair) -> bool:
        return self.classes.integrated(pair[0]) and self.classes.integrated(pair[1])

    def _share_a_name(self, a: str, b: str) -> bool:
        """Whether a reference between diseases or symptoms is borne out by a name; a reference may mean a kind or a
        neighbour of the thing.
        """
        sides = [[m for m in self.classes.of(i) if self.classes.category(m) in PHENOMENA] for i in (a, b)]
        if not all(sides):
            return True
        one, other = (set().union(*(self.synonyms.of(m) for m in side)) for side in sides)
        return bool(one & other)

    def _share_a_word(self, a: str, b: str) -> bool:
        """Whether two diseases that a mapping calls one have any word of their names in common.

        Names in different languages or eponyms are vouched for by synonyms; without any word, a slip of the mapping is
        likelier.
        """
        sides = [[m for m in self.classes.of(i) if self.classes.category(m) in PHENOMENA] for i in (a, b)]
        if not all(sides) or self.classes.category(a) != self.classes.category(b):
            return True
        one, other = (set().union(*(self.synonyms.words(m) for m in side)) for side in sides)
        return not one or not other or bool(one & other) or self._share_a_name(a, b)

    def _proneness(self, a: str, b: str) -> str:
        """Why a disease and what makes people prone to one are two things, whatever a mapping says.

        A numbered type that one vocabulary calls a susceptibility is one: 'psoriasis 1, susceptibility to'.
        """
        one, other = (normal.key(self.names.get(i) or "") for i in (a, b))
        prone = bool(_PRONE.search(one)), bool(_PRONE.search(other))
        if not one or not other or prone[0] == prone[1] or all(_SAID_PRONE.search(key) for key in (one, other)):
            return ""
        left, right = (frozenset(normal.loose(key).split()) - _PRONE_WORDS for key in (one, other))
        numbered = {w for w in left if w.isdigit()} == {w for w in right if w.isdigit()} != set()
        same = numbered and (left <= right or right <= left)
        return "" if same else "a susceptibility or a locus is not the disease"

    def _apart(self, a: str, b: str) -> bool:
        """Whether two nodes that may be one have stayed two."""
        return self.classes.known(a) and self.classes.known(b) and self.classes.root(a) != self.classes.root(b)

    def _named_alike(self, a: str, b: str) -> bool:
        one, other = self.names.get(a), self.names.get(b)
        return one is not None and other is not None and normal.key(one) == normal.key(other)

    def result(self, first: Mapping[str, str], mapped: Sequence[Pair]) -> Identity:
        """The rows of all that was joined, and what else the mappings tell."""
        ordered = {c: dict.fromkeys((first.get(c, order[0]), *order)) for c, order in PREFERRED.items()}
        ranks = {category: {v: n for n, v in enumerate(order)} for category, order in ordered.items()}
        rows, joined = [], 0
        for members, retired in self.classes.every():
            described = [m for m in members if self.classes.known(m)]
            if not described:
                continue
            new = self._canonical(described, ranks, retired)
            joined += len(described) - 1
            rows += [(old, new, self.classes.origins[old]) for old in members if old != new]
        schema = {"subject": pl.String, "object": pl.String, "origin": pl.String, "reason": pl.String}
        return Identity(
            pl.DataFrame(rows, schema=MERGES, orient="row").sort("old"),
            joined,
            sum(self._apart(a, b) for a, b in self.ambiguous),
            pl.DataFrame(self.refused, schema=schema, orient="row").unique(maintain_order=True),
            self._phenomena(mapped),
        )

    def _canonical(self, described: list[str], ranks: Mapping[str, Mapping[str, int]], retired: set[str]) -> str:
        """A class that holds a drug is a drug's; otherwise its members are of one kind."""
        categories = {self.classes.category(m) for m in described}
        category = "biolink:Drug" if "biolink:Drug" in categories else min(categories)
        own = [m for m in described if self.classes.category(m) == category]
        return canonical(own, ranks.get(category, {}), retired)

    def _phenomena(self, mapped: Sequence[Pair]) -> pl.DataFrame:
        """Nodes of two kinds that a mapping, one code or one name calls the same phenomenon."""
        found: dict[tuple[str, str], str] = {}
        seen: dict[str, set[str]] = defaultdict(set)
        for a, b, origin in mapped:
            for code, node in ((a, b), (b, a)):
                if self.classes.category(node) in PHENOMENA:
                    seen[code].add(node)
                    if self.classes.category(code) in PHENOMENA:
                        found.setdefault((min(a, b), max(a, b)), origin)
        for code, members in seen.items():
            if len(members) <= 3 and not self.classes.known(code):
                found.update({pair: code for pair in _each_pair(members) if pair not in found})
        alike: dict[str, set[str]] = defaultdict(set)
        for identifier, name in self.names.items():
            if self.classes.category(identifier) in PHENOMENA and len(name) >= _SHORTEST:
                alike[normal.key(name)].add(identifier)
        for members in alike.values():
            if 1 < len(members) <= 6:
                found.update({pair: "same name" for pair in _each_pair(members) if pair not in found})
        other = [
            (a, b, o) for (a, b), o in sorted(found.items()) if self.classes.category(a) != self.classes.category(b)
        ]
        return pl.DataFrame(
            other, schema={"subject": pl.String, "object": pl.String, "origin": pl.String}, orient="row"
        )


class _Synonyms:
    """The names of nodes without word order and number: their own and exact synonyms, made when they are asked for."""

    def __init__(self, nodes: pl.DataFrame) -> None:
        told = nodes.filter(pl.col("category").is_in(PHENOMENA)).select("id", "name", "synonyms")
        self._told = {identifier: (name, synonyms) for identifier, name, synonyms in told.iter_rows()}
        self._keys: dict[str, frozenset[str]] = {}

    def words(self, identifier: str) -> frozenset[str]:
        """The beginnings of the words of all names, whatever their scope; words of every disease do not count."""
        name, synonyms = self._told.get(identifier, ("", ()))
        texts = (normal.key(t.partition("\t")[0]) for t in (name, *(synonyms or ())))
        return frozenset(w[:_BEGINNING] for text in texts for w in text.split() if len(w) > 1 and w not in _EVERYWHERE)

    def of(self, identifier: str) -> frozenset[str]:
        """The names of a node; none of what is no disease, symptom or side effect."""
        if identifier not in self._keys:
            name, synonyms = self._told.get(identifier, ("", ()))
            exact = (s.removesuffix("\texact") for s in synonyms or ())
            names = (name, *(s for s in exact if "\t" not in s or s.endswith(("\tentry", "\tlay"))))
            keys = (normal.loose(normal.key(n.partition("\t")[0])) for n in names)
            self._keys[identifier] = frozenset(k for k in keys if len(k) >= _SHORTEST)
        return self._keys[identifier]


def _each_pair(members: Iterable[str]) -> Iterable[tuple[str, str]]:
    ordered = sorted(members)
    return ((a, b) for n, a in enumerate(ordered) for b in ordered[n + 1 :])


def _through_codes(classes: Classes, pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs of nodes, or of a node and a code; of a code that means two things of one vocabulary, none.

    Codes come first: a union through a code that is shared by mistake is refused by what each class already holds.
    """
    listed = list(pairs)
    owners: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for a, b, _ in listed:
        for code, node in ((a, b), (b, a)):
            if classes.known(node) and not classes.known(code):
                owners[code][vocabulary(node)].add(node)
    shared = {code for code, by in owners.items() if any(len(nodes) > 1 for nodes in by.values())}
    return [p for p in listed if p[0] not in shared and p[1] not in shared]


def _drug_names(nodes: pl.DataFrame) -> list[Pair]:
    """Chemicals of literature vocabularies and drugs: the same whole name, or a name that is a synonym of one drug
    alone.

    A chemical that only documents mention is called by whatever the document
    said, a brand of a mixture for example: it meets a drug by the drug's own name
    alone. Two nodes of an integrated graph stay as apart as its maker left them.
    """
    name = pl.col("name").str.to_lowercase()
    own = nodes.filter(pl.col("category") == "biolink:Drug")
    names = own.select("integrated", b="id", key=name, synonym=pl.lit(False))
    other = own.select("id", "integrated", "synonyms").explode("synonyms", keep_nulls=False, empty_as_null=False)
    scoped = pl.col("synonyms").str.splitn("\t", 2).struct
    other = (
        other.filter(scoped.field("field_1").fill_null("exact").is_in(["exact", "brand"]))
        .select("integrated", b="id", key=scoped.field("field_0").str.to_lowercase(), synonym=pl.lit(True))
        .unique(["b", "key"])
        .join(names, on="key", how="anti")
    )
    drugs = pl.concat([names, other])
    drugs = drugs.filter(pl.col("key").is_unique() & (pl.col("key").str.len_chars() >= _SHORTEST))
    further = (pl.col("category") == "biolink:Drug") & ~pl.col("id").str.contains(r"^(DRUGBANK|GALENIC):")
    chemicals = nodes.filter((pl.col("category") == "biolink:ChemicalEntity") | further).select(
        "mentioned", "integrated", a="id", key=name
    )
    met = chemicals.join(drugs, on="key", maintain_order="left").filter(pl.col("a") != pl.col("b"))
    met = met.filter(~(pl.col("mentioned") & pl.col("synonym")) & ~(pl.col("integrated") & pl.col("integrated_right")))
    mixtures = drugs_of_mixtures(nodes)
    branded = [(i, mixtures[n.casefold()], "a brand of it") for i, n in _further(nodes) if n.casefold() in mixtures]
    return [(a, b, "same name") for a, b in met.select("a", "b").iter_rows()] + branded


def _further(nodes: pl.DataFrame) -> Iterable[tuple[str, str]]:
    told = nodes.filter((pl.col("category") == "biolink:Drug") & ~pl.col("id").str.contains(r"^(DRUGBANK|GALENIC):"))
    return told.select("id", "name").iter_rows()


def drugs_of_mixtures(nodes: pl.DataFrame) -> dict[str, str]:
    """Brands, in lower case, that one combination of drugs alone bears."""
    found: dict[str, str | None] = {}
    told = nodes.filter(pl.col("id").str.starts_with("GALENIC:")).select("id", "synonyms")
    for identifier, synonyms in told.iter_rows():
        for text in synonyms:
            key = text.partition("\t")[0].casefold()
            found[key] = identifier if key not in found else None
    return {key: identifier for key, identifier in found.items() if identifier}


def _same_names(nodes: pl.DataFrame) -> list[Pair]:
    """Nodes of one kind and different vocabularies whose preferred names are the same, described by some source."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    described = nodes.filter(pl.col("category").is_in(BY_NAME) & ~pl.col("mentioned"))
    for identifier, category, name in described.select("id", "category", "name").iter_rows():
        if len(key := normal.key(name)) >= _SHORTEST:
            alike[category, key].append(identifier)
    found = [(a, b, "same name") for ids in alike.values() if 1 < len(ids) <= 8 for a, b in _each_pair(ids)]
    return found + _named_by_synonym(described.filter(pl.col("category") == "biolink:AnatomicalEntity"))


def _named_by_synonym(nodes: pl.DataFrame) -> list[Pair]:
    """Structures whose name is an exact synonym of one structure elsewhere alone: 'ovary', 'female gonad'."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for identifier, synonyms in nodes.select("id", "synonyms").iter_rows():
        for text in synonyms:
            if "\t" not in text:
                bearers[normal.key(text)].add(identifier)
    pairs = []
    for identifier, name in nodes.select("id", "name").iter_rows():
        key = normal.key(name)
        others = {o for o in bearers.get(key, ()) if vocabulary(o) != vocabulary(identifier)}
        if len(others) == 1 and len(key) >= _SHORTEST:
            pairs.append((identifier, others.pop(), "its name is an exact synonym"))
    return pairs

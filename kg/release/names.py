"""The names in a release, for the index of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl

from kg.release.release import Release
from kg.release.tables import PLACEHOLDER
from kg.schema import schema
from ontologies.names import normal, store
from ontologies.names.everyday import everyday_names
from ontologies.names.store import KINDS, NameEntry

_WORD = re.compile(r"[a-z]{3,}")
# What looks like an abbreviation among the names of a thing, and how often it is meant by it where no one says.
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,5}")
_RARE_SENSE = 0.4
# Short forms that were written down by hand are what people mean.
_BY_HAND = {"abbreviation": "clinical", "symbol": "clinical"}
_GENE = "biolink:Gene"
# Scopes of the names that stand for a thing wherever it is spoken of.
_STANDARD = ("", "exact", "official", "entry")
# Where the name of a gene falls into parts, and up to what length a name is rather a symbol.
_PARTS = re.compile(r"([^,()]{5,})(?:, | \()([^,()]{5,})\)?")
_SYMBOL = 5
_CONDITIONS = ("biolink:Disease", "biolink:PhenotypicFeature")
_NO_NAMES = ("biolink:Article", "biolink:Protein", "biolink:NamedThing")


def entries(release: Release) -> Iterator[NameEntry]:
    """Every name of every node; then what people call them: aliases, and the names of their salts and other forms."""
    nodes = (
        release.scan("nodes")
        .filter(pl.col("attributes") != PLACEHOLDER)
        .select("id", "category", "name", "synonyms")
        .collect()
    )
    conditions = _named_conditions(nodes)
    taken = conditions | _brands_of_mixtures(nodes)
    sold = _sold_as(release)
    by_key: dict[str, list[tuple[str, str]]] = {}
    for identifier, category, name, synonyms in nodes.iter_rows():
        if category in _NO_NAMES:
            continue
        yield NameEntry(identifier, category, name, "preferred")
        mixture = identifier.startswith("GALENIC:")
        by_key.setdefault(normal.key(name), []).append((identifier, category))
        for text in synonyms:
            other, _, scope = text.partition("\t")
            if other.strip():
                short = category != _GENE and _ABBREVIATION.fullmatch(other.strip())
                others = sold.get(normal.key(other), ())
                if (
                    scope == "brand"
                    and not mixture
                    and (normal.key(other) in taken or (others and identifier not in others))
                ):
                    scope = "related"
                kind = "abbreviation" if short else scope if scope in KINDS else "exact"
                yield NameEntry(identifier, category, other.strip(), kind, _RARE_SENSE if short else 1.0)
                if scope in _STANDARD or mixture:
                    by_key.setdefault(normal.key(other), []).append((identifier, category))
    for said in everyday_names():
        bearers = next((b for m in said.meant if (b := by_key.get(normal.key(m)))), [])
        for identifier, category in dict.fromkeys(bearers):
            others = sold.get(normal.key(said.name), ()) if said.kind == "brand" else ()
            if (said.kind == "symbol" and category != _GENE) or (others and identifier not in others):
                continue
            yield NameEntry(identifier, category, said.name, _BY_HAND.get(said.kind, said.kind))
    kinds = dict(nodes.select("id", "category").iter_rows())
    yield from _stand_ins(release, nodes, by_key)
    yield from _proteins(nodes)
    yield from _aliases(release, by_key, kinds, conditions)
    yield from _forms(release, nodes, kinds)


def _brands_of_mixtures(nodes: pl.DataFrame) -> set[str]:
    """Keys of the brands of mixtures: no names of one of their parts, whatever a drug's list of brands says."""
    mixtures = nodes.filter(pl.col("id").str.starts_with("GALENIC:")).select("synonyms")
    return {normal.key(s.partition("\t")[0]) for (synonyms,) in mixtures.iter_rows() for s in synonyms}


def _sold_as(release: Release) -> dict[str, set[str]]:
    """Of the brands that a register gives to drugs, by their keys, these drugs: other lists of them are less exact."""
    found: dict[str, set[str]] = {}
    told = release.read("aliases", ["name", "meaning", "kind"]).filter(pl.col("kind") == "brand")
    for name, meaning, _ in told.iter_rows():
        found.setdefault(normal.key(name), set()).add(meaning)
    return found


def _named_conditions(nodes: pl.DataFrame) -> set[str]:
    """Keys of the names of diseases and symptoms: what is sold as 'Jock Itch' is not what is meant by it."""
    keys: set[str] = set()
    conditions = nodes.filter(pl.col("category").is_in(_CONDITIONS)).select("name", "synonyms")
    for name, synonyms in conditions.iter_rows():
        scoped = (text.partition("\t") for text in synonyms)
        keys |= {normal.key(name), *(normal.key(text) for text, _, scope in scoped if scope in _STANDARD)}
    return keys | {normal.key(said.name) for said in everyday_names() if said.kind == "lay"}


def _stand_ins(
    release: Release, nodes: pl.DataFrame, by_key: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[NameEntry]:
    """Names of things that no source describes but some tie to others, where nothing described is called so.

    Answers show these names. What only papers mention is called by whatever they said, and stays out.
    """
    named_only = release.scan("nodes").filter(
        (pl.col("attributes") == PLACEHOLDER) & ~pl.col("category").is_in(_NO_NAMES)
    )
    synonyms = nodes.select(name=pl.col("synonyms").explode(keep_nulls=False, empty_as_null=False))
    texts = pl.concat([synonyms, release.read("aliases", ["name"])])["name"].str.replace(r"\t.*", "")
    borne = texts.str.to_lowercase().unique()
    stand_ins = named_only.select("id", "category", "name").collect()
    stand_ins = stand_ins.filter(~pl.col("name").str.to_lowercase().is_in(borne.implode()))
    tied = degrees(release) if stand_ins.height else {}
    for identifier, category, name in stand_ins.iter_rows():
        if identifier in tied and normal.key(name) not in by_key:
            yield NameEntry(identifier, category, name, "preferred")


def _proteins(nodes: pl.DataFrame) -> Iterator[NameEntry]:
    """Names of proteins in vocabularies of chemicals and drugs, as names of the gene: where one gene bears them.

    'Receptors, Opioid, mu' has the entry 'mu-type opioid receptor', which is a name of OPRM1: so are the others. Of a
    drug only the very name that the gene bears is one: its further names are those of what is made from the protein.
    """
    loosely, standard = _owners(nodes.filter(pl.col("category") == _GENE))
    owners = {**loosely, **standard}
    chemicals = nodes.filter((pl.col("category") == "biolink:ChemicalEntity") & pl.col("id").str.starts_with("MESH:D"))
    for name, synonyms in chemicals.select("name", "synonyms").iter_rows():
        names = [name, *(text.partition("\t")[0] for text in synonyms)]
        met = {owners.get(normal.loose(normal.key(text))) for text in names if len(text) > 3} - {None}
        if len(met) == 1:
            yield from (NameEntry(str(*met), _GENE, text, "entry") for text in names)
    drugs = nodes.filter(pl.col("category") == "biolink:Drug").select("name", "synonyms")
    for name, synonyms in drugs.iter_rows():
        scoped = [(name, ""), *((t.partition("\t")[0], t.partition("\t")[2]) for t in synonyms)]
        for text in (t for t, scope in scoped if len(t) > _SYMBOL and scope in _STANDARD):
            if gene := standard.get(normal.loose(normal.key(text))):
                yield NameEntry(gene, _GENE, text, "entry")


def _owners(genes: pl.DataFrame) -> tuple[Mapping[str, str | None], Mapping[str, str | None]]:
    """Whose each name of a gene is, nobody's where two bear it: names that sources call loose ones, and all others.

    'coagulation factor II, thrombin' is called by either part too.
    """
    tiers: tuple[dict[str, str | None], ...] = ({}, {}, {})
    for identifier, name, synonyms in genes.select("id", "name", "synonyms").iter_rows():
        for text in (name, *synonyms):
            other, _, scope = text.partition("\t")
            parts = _PARTS.fullmatch(other) if scope in _STANDARD else None
            for tier, called in (
                (2 if scope != "related" else 0, other),
                *((1, p) for p in (parts.groups() if parts else ())),
            ):
                key = normal.loose(normal.key(called))
                tiers[tier][key] = identifier if tiers[tier].get(key, identifier) == identifier else None
    return tiers[0], {**tiers[1], **tiers[2]}


def _aliases(
    release: Release,
    by_key: Mapping[str, Sequence[tuple[str, str]]],
    kinds: Mapping[str, str],
    conditions: Collection[str],
) -> Iterator[NameEntry]:
    """What sources say that people call things: by the identifier of the thing, or by a name that it bears.

    A brand that is the name of one of the `conditions` is a related name.
    """
    aliases = release.read("aliases", ["name", "meaning", "kind", "category", "weight"])
    for name, meaning, kind, category, weight in aliases.iter_rows():
        meant = [(meaning, kinds[meaning])] if meaning in kinds else by_key.get(normal.key(meaning), ())
        for identifier, of in dict.fromkeys(meant):
            if not category or of == category:
                scope = "related" if kind == "brand" and normal.key(name) in conditions else kind
                yield NameEntry(identifier, of, name, scope, 1.0 if weight is None else round(weight, 3))


def _forms(release: Release, nodes: pl.DataFrame, kinds: Mapping[str, str]) -> Iterator[NameEntry]:
    """Names of salts and other forms, as names of what acts in them."""
    forms = release.scan("edges").filter(pl.col("relation") == "form_of").select(id="subject", of="object").collect()
    told = forms.join(nodes, on="id").select("of", "name", "synonyms")
    for drug, name, synonyms in told.iter_rows():
        for text in (name, *synonyms):
            if drug in kinds:
                yield NameEntry(drug, kinds[drug], text.partition("\t")[0], "form")


def identifiers(release: Release) -> Iterator[tuple[str, str]]:
    """Every further identifier of a node, with the node's own."""
    nodes = release.scan("nodes").select("id", "equivalent_identifiers").explode("equivalent_identifiers")
    for own, other in nodes.drop_nulls().collect().iter_rows():
        yield other, own


def ordinary_words(release: Release, least: int = 3) -> list[str]:
    """Lower-case words that the release's passages use several times: no unknown names, whatever they are."""
    counted: Counter[str] = Counter()
    for (text,) in release.read("passages", ["text"]).iter_rows():
        counted.update(set(_WORD.findall(text)))
    return [word for word, number in counted.items() if number >= least]


def degrees(release: Release) -> dict[str, int]:
    """How many edges each node has, beside those from papers."""
    literary = [r.name for r in schema().relations.values() if r.literary]
    edges = release.scan("edges").filter(~pl.col("relation").is_in(literary)).select("subject", "object")
    ends = pl.concat([edges.select(id="subject"), edges.select(id="object")]).group_by("id").len().collect()
    return dict(ends.iter_rows())


def names_id(release: Release, words: Iterable[str] = ()) -> str:
    """A hash of all that an index of a release's names is made from."""
    digest = sha256()
    for part in (
        map(repr, entries(release)),
        map(repr, identifiers(release)),
        map(repr, sorted(degrees(release).items())),
        sorted({*ordinary_words(release), *words}),
    ):
        for text in part:
            digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def build_names(release: Release, folder: Path, words: Iterable[str] = ()) -> None:
    """Write the index of a release's names; `words` are further ordinary words."""
    ordinary = {*ordinary_words(release), *words}
    store.build(entries(release), folder, release.id, degrees(release), ordinary, identifiers(release))

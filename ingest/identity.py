"""Which identifiers mean the same node: joins as rows, so that each can be undone."""

from __future__ import annotations

import polars as pl

# The vocabulary that names a joined node, best first.
PREFERRED: dict[str, tuple[str, ...]] = {
    "biolink:Disease": ("DOID", "MONDO", "OMIM", "MESH", "ORPHANET", "UMLS"),
    "biolink:Drug": ("DRUGBANK", "CHEBI", "MESH", "UMLS"),
    "biolink:ChemicalEntity": ("DRUGBANK", "CHEBI", "MESH"),
    "biolink:Gene": ("NCBIGene", "HGNC", "ENSEMBL"),
}
MERGES = {"old": pl.String, "new": pl.String, "origin": pl.String}


def _pairs(mappings: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Pairs of existing nodes that a mapping, or two mappings that meet in a third id, call the same."""
    both = pl.concat(
        [
            mappings.select(a="subject", b="object", origin="origin"),
            mappings.select(a="object", b="subject", origin="origin"),
        ]
    )
    hub = both.join(both, left_on="b", right_on="a").select(
        "a", b="b_right", origin=pl.col("origin") + " + " + pl.col("origin_right")
    )
    known = nodes.select("id", "category")
    return (
        pl.concat([both, hub])
        .filter(pl.col("a") != pl.col("b"))
        .join(known.rename({"id": "a", "category": "ca"}), on="a")
        .join(known.rename({"id": "b", "category": "cb"}), on="b")
        .unique(["a", "b"], keep="first", maintain_order=True)
    )


def _same_names(nodes: pl.DataFrame) -> pl.DataFrame:
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
    key = pl.col("synonyms").str.splitn("\t", 2).struct.field("field_0").str.to_lowercase()
    other = (
        other.select("integrated", b="id", key=key, synonym=pl.lit(True))
        .unique(["b", "key"])
        .join(names, on="key", how="anti")
    )
    drugs = pl.concat([names, other])
    drugs = drugs.filter(pl.col("key").is_unique() & (pl.col("key").str.len_chars() >= 4))
    chemicals = nodes.filter(pl.col("category") == "biolink:ChemicalEntity").select(
        "mentioned", "integrated", a="id", key=name
    )
    met = chemicals.join(drugs, on="key", maintain_order="left")
    met = met.filter(~(pl.col("mentioned") & pl.col("synonym")) & ~(pl.col("integrated") & pl.col("integrated_right")))
    return met.select(
        "a", "b", origin=pl.lit("same name"), ca=pl.lit("biolink:ChemicalEntity"), cb=pl.lit("biolink:Drug")
    )


def joins(nodes: pl.DataFrame, mappings: pl.DataFrame, parents: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Rows (old, new, origin) to join, and how many candidates were left apart as ambiguous.

    `nodes`: one row an identifier with category, name, synonyms, and whether it is
    only `mentioned` by documents or held by an `integrated` graph alone.
    A node is joined to another only when both are of one category (or a chemical
    meets its drug), the target's vocabulary is preferred, the target is the only
    candidate, no other node of the old vocabulary claims it, and neither is a
    kind of the other (`parents`: child, parent).
    """
    mapped = _pairs(mappings, nodes).filter(pl.col("ca") == pl.col("cb"))
    pairs = pl.concat([mapped, _same_names(nodes).select(mapped.columns)]).unique(
        ["a", "b"], keep="first", maintain_order=True
    )
    rank = pl.concat(
        [
            pl.DataFrame({"category": [c] * len(p), "prefix": list(p), "rank": list(range(len(p)))})
            for c, p in PREFERRED.items()
        ]
    )
    pairs = pairs.with_columns(pa=pl.col("a").str.extract(r"^([^:]+)"), pb=pl.col("b").str.extract(r"^([^:]+)"))
    for end in "ab":
        ranks = rank.rename({"category": f"c{end}", "prefix": f"p{end}", "rank": f"r{end}"})
        pairs = pairs.join(ranks, on=[f"c{end}", f"p{end}"], how="inner")
    pairs = pairs.filter(pl.col("rb") < pl.col("ra"))
    kin = pl.concat([parents.select(a="child", b="parent"), parents.select(a="parent", b="child")])
    pairs = pairs.join(kin, on=["a", "b"], how="anti")
    best = pairs.filter(pl.col("rb") == pl.col("rb").min().over("a"))
    alone = (pl.len().over("a") == 1) & (pl.len().over("b", "pa") == 1)
    chosen = best.filter(alone)
    ambiguous = best.filter(~alone)["a"].n_unique()
    # A target that is itself joined elsewhere would make a chain: follow it one step.
    onward = chosen.select(b="a", final="b")
    rows = chosen.join(onward, on="b", how="left").select(old="a", new=pl.coalesce("final", "b"), origin="origin")
    return rows.sort("old"), ambiguous

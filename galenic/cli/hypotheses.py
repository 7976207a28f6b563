"""`galenic rank` and `galenic explain`: hypotheses beside their rank by fame alone, and what a score is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Json, Licences, Sources, open_house, permitted_of, say, say_json
from galenic.cli.names import identified
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.house import House
    from galenic.hypotheses.paths import Chain, Explanation
    from galenic.hypotheses.ranking import Hypothesis, Ranking
    from kg.evidence.permitted import Permitted

_DRUG, _DISEASE = "biolink:Drug", "biolink:Disease"
_GENES = 5
WHAT = "The probability is that of being recorded as a treatment in this release, never that of working."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("rank", epilog='Example: galenic rank --disease "Alzheimer\'s disease" --top 20')(rank)
    app.command("explain", epilog='Example: galenic explain metformin "breast cancer"')(explain)


def rank(
    drug: Annotated[str | None, typer.Option(help="Rank diseases for this drug (a name or an identifier).")] = None,
    disease: Annotated[str | None, typer.Option(help="Rank drugs for this disease.")] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="Score the pairs of a file: drug<TAB>disease a line, names or identifiers.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Score every drug with every disease; needs --out.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write a Parquet file instead of printing.")] = None,
    top: Annotated[int, typer.Option(min=1, help="Print so many.")] = 20,
    novel_only: Annotated[
        bool, typer.Option("--novel-only", help="Leave out what is recorded as a treatment.")
    ] = False,
    marked: Annotated[
        bool, typer.Option("--marked", help="With withdrawn, illicit, nutraceutical and diagnostic substances.")
    ] = False,
    source: Sources = None,
    licence: Licences = None,
    as_json: Json = False,
) -> None:
    """Rank drugs for a disease, or diseases for a drug, beside the rank that their numbers of treatments alone give.

    The model is fitted once, on what the release holds and is permitted; a recorded treatment is scored by a fit that
    did not know it.
    """
    if sum((drug is not None, disease is not None, pairs is not None, every)) != 1:
        raise UsageError("give one of --drug, --disease, --pairs and --all: galenic rank --disease gout")
    if every and out is None:
        raise UsageError("--all needs --out: galenic rank --all --out scores.parquet")
    with open_house() as house:
        ranking = opened(house, permitted_of(house.release, source, licence))
        if every:
            from galenic.hypotheses.table import write_all

            assert out is not None
            say(f"{write_all(ranking, out):,} pairs in {out}")
            return
        if pairs is not None:
            found, wrong = _of_pairs(house, ranking, pairs)
        else:
            found, wrong = _of_one(house, ranking, drug, disease), 0
            found = [h for h in found if (marked or not h.marks) and not (novel_only and h.known)]
        if out is not None:
            from galenic.hypotheses.table import write

            say(f"{write(found, out):,} pairs in {out}")
        else:
            shown = found if pairs is not None else found[:top]
            names = _names(house, [i for h in shown for i in (h.drug, h.disease)])
            _print(ranking, shown, names, as_json)
    raise typer.Exit(1 if wrong else 0)


def opened(house: House, permitted: Permitted) -> Ranking:
    """The ranking of a house's release; says so on standard error where a model is fitted first."""
    from galenic.hypotheses.ranking import Ranking

    folder = house.home / "models" / "hypotheses"
    return Ranking(house.topology, house.release, folder, permitted, lambda line: say(line, err=True))


def _of_one(house: House, ranking: Ranking, drug: str | None, disease: str | None) -> list[Hypothesis]:
    if drug is not None:
        return ranking.of_drug(identified(house.linker, drug, _DRUG))
    return ranking.of_disease(identified(house.linker, disease or "", _DISEASE))


def _of_pairs(house: House, ranking: Ranking, file: Path) -> tuple[list[Hypothesis], int]:
    """Each pair of a file among all drugs of its disease; lines that cannot be scored are said, and counted."""
    from galenic.hypotheses.errors import NoCandidate

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file}: {problem}; give a text file in UTF-8 with drug<TAB>disease on a line") from problem
    found, wrong = list[Any](), 0
    of: dict[str, dict[str, Hypothesis]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            first, tab, second = line.partition("\t")
            if not tab:
                raise UsageError("no tab between drug and disease")
            drug, disease = (
                identified(house.linker, first.strip(), _DRUG),
                identified(house.linker, second.strip(), _DISEASE),
            )
            if disease not in of:
                of[disease] = {h.drug: h for h in ranking.of_disease(disease)}
            ranking.universe.drug(drug)
            found.append(of[disease][drug])
        except (UsageError, NoCandidate) as problem:
            wrong += 1
            say(f"{file}:{number}: {problem}", err=True)
    return found, wrong


def _names(house: House, identifiers: Iterable[str]) -> Mapping[str, str]:
    listed = list(dict.fromkeys(identifiers))
    return {identifier: names[0] for identifier, names in house.release.names_of_each(listed).items()}


def _print(ranking: Ranking, found: list[Hypothesis], names: Mapping[str, str], as_json: bool) -> None:
    if as_json:
        rows = [{**asdict(h), "drug_name": names[h.drug], "disease_name": names[h.disease]} for h in found]
        model = ranking.model
        say_json({"release": model.release, "sources": model.sources, "treatments": model.treatments, "pairs": rows})
        return
    say(f"{'rank':>5}  {'by fame':>7}  {'probability':>11}  {'drug':28}  {'disease':34}  besides")
    for h in found:
        told = ", ".join(
            [*(["recorded as a treatment"] if h.known else []), *(s.replace("_", " ") for s in h.says), *h.marks]
        )
        say(
            f"{h.rank:5,}  {h.prior_rank:7,}  {h.probability:11.4f}  {names[h.drug][:28]:28}  "
            f"{names[h.disease][:34]:34}  {told}".rstrip()
        )
    say(WHAT)


def explain(
    drug: Annotated[str, typer.Argument(help="A drug: a name or an identifier.")],
    disease: Annotated[str, typer.Argument(help="A disease: a name or an identifier.")],
    top: Annotated[int, typer.Option(min=1, help="Print so many paths.")] = 12,
    source: Sources = None,
    licence: Licences = None,
    as_json: Json = False,
) -> None:
    """Share a pair's score out among the paths that it is a sum of; what is recorded of the pair itself is not used."""
    from galenic.hypotheses.paths import explained

    with open_house() as house:
        ranking = opened(house, permitted_of(house.release, source, licence))
        ids = identified(house.linker, drug, _DRUG), identified(house.linker, disease, _DISEASE)
        found = explained(ranking, *ids, most=top)
        row = next(h for h in ranking.of_disease(ids[1]) if h.drug == ids[0])
        genes = _genes(house, ranking, *ids)
        shown = [*ids, *(i for c in found.chains for i in (*c.nodes, *c.shared)), *(gene for gene, _ in genes or ())]
        names = _names(house, shown)
    if as_json:
        told = None if genes is None else [{"gene": gene, "chance": round(chance, 4)} for gene, chance in genes]
        say_json({"pair": asdict(row), "names": names, **asdict(found), "through": told})
        return
    _explain(row, found, names)
    if genes:
        listed = ", ".join(f"{names[gene]} {chance:.2f}" for gene, chance in genes)
        say(f"\nOf the genes that it binds, likeliest to be how it works here: {listed}")
        say("(chances by curated mechanisms of other drugs; see `galenic evaluate benchmarks DATA --only drugmechdb`)")


def _genes(house: House, ranking: Ranking, drug: str, disease: str) -> list[tuple[str, float]] | None:
    """The likeliest genes; None where evidence is restricted or a release has too few mechanisms to learn from."""
    from galenic.hypotheses.errors import TooLittleKnown
    from galenic.hypotheses.genes import likeliest

    if ranking.permitted.sources is not None:
        return None
    try:
        return likeliest(house.release, drug, disease)[:_GENES]
    except TooLittleKnown:
        return None


def _explain(row: Hypothesis, found: Explanation, names: Mapping[str, str]) -> None:
    said = "recorded as a treatment, which is left out here" if row.known else "not recorded as a treatment"
    say(f"{names[row.drug]} for {names[row.disease]}: {said}")
    say(f"rank {row.rank:,} among the drugs for it; by the number of treatments alone {row.prior_rank:,}")
    say(f"probability {row.probability:.4f}. {WHAT}")
    if not found.chains:
        say("No path joins them.")
        return
    families: dict[str, float] = {}
    whole = sum(value for *_, value in found.signals)
    for family, _, value in found.signals:
        families[family] = families.get(family, 0) + value / whole
    say("\n" + ", ".join(f"{family} {share:.1%}" for family, share in sorted(families.items(), key=lambda f: -f[1])))
    say("\nshare  path")
    for chain in found.chains:
        say(f"{chain.share:5.1%}  {_walked(chain, names)}")
    rest = 1 - sum(chain.share for chain in found.chains)
    say(f"{rest:5.1%}  all other paths")


def _walked(chain: Chain, names: Mapping[str, str]) -> str:
    """'metformin - binds - X', and what two are alike by."""
    text = names[chain.nodes[0]]
    for link, node in zip(chain.links, chain.nodes[1:], strict=True):
        text += f" - {link.replace('_', ' ')} - {names[node]}"
    if chain.alike_by:
        shared = ", ".join(names[i] for i in chain.shared)
        text += f" (alike by {', '.join(chain.alike_by)}{': ' + shared if shared else ''})"
    return text

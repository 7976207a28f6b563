"""`galenic evaluate repurposing`: how well hidden treatments are found again, beside the ranking by fame alone."""

from __future__ import annotations

from dataclasses import asdict

from galenic.cli.house import Json, Licences, Sources, open_house, permitted_of, say, say_json


def repurposing(source: Sources = None, licence: Licences = None, as_json: Json = False) -> None:
    """Hide recorded treatments alone, with all of their drug, or of their disease, and rank them with what is left.

    `--source hetionet` is the published protocol.
    """
    from galenic.cli.hypotheses import opened
    from galenic.evaluation.repurposing import measured

    with open_house() as house:
        found = measured(opened(house, permitted_of(house.release, source, licence)))
    if as_json:
        say_json(asdict(found))
        return
    say(f"{found.drugs:,} drugs, {found.diseases:,} diseases, {found.rows[0].treatments:,} recorded treatments")
    say(f"fitted, and all {found.drugs * found.diseases:,} pairs scored, in {found.seconds} s\n")
    say("AUROC / AP        the model        no weights       prior            prior that knows the hidden")
    for row in found.rows:
        shown = ((row.auroc, row.ap), row.plain, row.prior, row.knowing)
        say(f"hidden {row.hidden:9}  " + "  ".join(f"{a:.4f} / {b:.4f}" for a, b in shown))
    tail = found.tail
    hits = ", ".join(f"hits@{n} {share:.4f}" for n, share in tail.hits.items())
    say(f"\n{tail.pairs:,} hidden pairs, the disease among all of the drug: MRR {tail.mrr:.4f}, {hits}")
    for most, share in found.famous.items():
        say(f"of the {most:,} likeliest new pairs {share:.1%} are among the {most:,} that fame alone puts first")

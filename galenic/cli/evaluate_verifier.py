"""`galenic evaluate verifier`: what the checks of sentences catch and lose: the rules, the trained model, and both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Json, open_house, say, say_json
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.evaluation.verifier import Verified
    from galenic.evaluation.written import Agreement
    from llm.ports import Verifier

_NAMES = ("rules", "trained", "both")


def verifier(
    file: Annotated[
        Path | None, typer.Option("--questions", help="Questions, one a line; without it, some of each kind.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Corrupt the claims of true answers in every way there is, and count what each verifier catches and loses.

    Then judge sentences that were written from facts, most by a small model, beside a reader's labels.
    """
    from galenic import checks
    from galenic.evaluation.neighbours import Neighbours
    from galenic.evaluation.verifier import COMPOSED, Alone, claims_of, on_edges, verified
    from galenic.evaluation.written import agreement, milliseconds, written
    from galenic.questions.examples import EXAMPLES
    from llm.checking import FreeWording, RuleVerifier

    asked = [*(question for _, question in EXAMPLES), *COMPOSED] if file is None else _lines(file)
    with open_house() as house:
        names = house.release.names_of
        rules, free = RuleVerifier(names), checks.free(house.settings, names)
        both = FreeWording(rules, free)
        told, near = claims_of(house, asked), Neighbours(house.release).near
        claims = {"rules": verified(rules, told, near), "both": verified(both, told, near)}
        # The model reads edges alone.
        claims["trained"] = verified(Alone(free), on_edges(told), near)
        sentences = written()
        free_of_names = checks.free(house.settings, lambda identifier: ())
        judges: dict[str, Verifier] = {"rules": RuleVerifier(), "trained": Alone(free_of_names)}
        judges["both"] = FreeWording(RuleVerifier(), free_of_names)
        groups = {o: [w for w in sentences if w.origin == o] for o in dict.fromkeys(w.origin for w in sentences)}
        said = {
            origin: {name: agreement(judges[name], group) for name in _NAMES}
            for origin, group in [*groups.items(), ("all", sentences)]
        }
        took = milliseconds(judges["both"], sentences)
    if as_json:
        more = {name: _verified(claims[name]) for name in _NAMES}
        by_origin = {
            origin: {name: {**asdict(a), "balanced_accuracy": round(a.balanced, 4)} for name, a in found.items()}
            for origin, found in said.items()
        }
        say_json({**more["both"], "verifiers": more, "written": {**by_origin, "milliseconds": took}})
        return
    _show_claims(claims)
    _show_written(said)
    say(f"both: {took} ms a sentence")


def _show_claims(claims: Mapping[str, Verified]) -> None:
    by_name = {name: {k.name: k for k in found.kinds} for name, found in claims.items()}
    width = max(len(name) for name in by_name["rules"])
    say(f"{'corruption':{width}}  claims   rules    both   on edges  trained")
    for name in by_name["rules"]:
        of = {who: by_name[who][name] for who in _NAMES}
        shares = {who: f"{k.caught:.3f}" if k.number else "-" for who, k in of.items()}
        say(
            f"{name:{width}}  {of['rules'].number:6,}  {shares['rules']:>6}  {shares['both']:>6}   "
            f"{of['trained'].number:8,}   {shares['trained']:>6}"
        )
    rules, both, trained = (claims[name] for name in ("rules", "both", "trained"))
    say(
        f"{'all':{width}}  {rules.false:6,}  {rules.caught:6.3f}  {both.caught:6.3f}   {trained.false:8,}   "
        f"{trained.caught:6.3f}"
    )
    for name, found in (("rules", rules), ("both", both), ("trained, of those on edges", trained)):
        say(f"true claims lost: {len(found.lost):,} of {found.true:,} ({found.lost_share:.3f}) by {name}")
    say("")


def _show_written(said: Mapping[str, Mapping[str, Agreement]]) -> None:
    say("sentences written from facts and labelled by a reader")
    width = max(len(origin) for origin in said)
    say(f"{'origin':{width}}  verifier  carried of supported  refused of others  balanced accuracy")
    for origin, found in said.items():
        for name, a in found.items():
            carried, refused = f"{a.carried:,} of {a.supported:,}", f"{a.refused:,} of {a.unsupported:,}"
            say(f"{origin:{width}}  {name:8}  {carried:>20}  {refused:>17}  {a.balanced:17.3f}")


def _verified(found: Verified) -> dict[str, Any]:
    return {
        "true": found.true,
        "lost": found.lost,
        "false": found.false,
        "caught": round(found.caught, 4),
        "kinds": {k.name: {"claims": k.number, "caught": round(k.caught, 4), "passed": k.passed} for k in found.kinds},
    }


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path}: {problem}; give a text file in UTF-8 with one question a line") from problem

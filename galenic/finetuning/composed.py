"""`galenic finetune composer`: facts worded by rule as data, and what a verifier keeps of a tuned model's sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from galenic.finetuning.causal import in_chat_format
from galenic.finetuning.verbalised import Evidence, conversations_of, croissant, worded
from galenic.questions.desk import Desk
from kg.evidence.claims import Claim
from kg.logic.forms import AbstainForm
from llm.causal.fused import STYLES, Clause, clauses, named, prompt
from llm.models.errors import CorpusError
from llm.ports import Basis, Verifier

if TYPE_CHECKING:
    from kg.evidence.permitted import Permitted
    from kg.release.release import Release

Speaks = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Worded:
    """What was said of some facts: `kept` of `facts` are carried, `whole` where all are and nothing else is said."""

    said: str
    by_rule: str
    facts: int
    kept: int
    whole: bool


def data(evidence: Sequence[Evidence], release: Release, permitted: Permitted, folder: Path) -> tuple[Path, int, int]:
    """Write what is learnt from and what is held out as conversations, with their Croissant card.

    The first file, and how many each has. Raises `CorpusError` where the release gives nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = (folder / "train.jsonl", folder / "held-out.jsonl")
    parts = ([e for e in evidence if not e.held_out], [e for e in evidence if e.held_out])
    if not parts[0]:
        raise CorpusError(
            "no two facts of this release that are let in share a thing; build a bigger one, or let in more"
        )
    counts = [in_chat_format(conversations_of(part), file) for part, file in zip(parts, files, strict=True)]
    told = json.dumps(croissant(files, release, permitted), indent=1, ensure_ascii=False)
    (folder / "croissant.json").write_text(told + "\n", "utf-8")
    return files[0], counts[0], counts[1]


def kept_share(found: Sequence[Worded]) -> float:
    """The share of facts that the verifier keeps; 0 of none."""
    return sum(w.kept for w in found) / max(sum(w.facts for w in found), 1)


def write(found: Sequence[Worded], file: Path) -> None:
    """Keep what was said, to be read beside what the rules say."""
    lines = (json.dumps(asdict(one), ensure_ascii=False) for one in found)
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def judged(release: Release, verifier: Verifier, speaks: Speaks, evidence: Sequence[Evidence]) -> list[Worded]:
    """What a composer says of each set of facts, in one style after the other."""
    found = []
    for number, one in enumerate(evidence):
        style = STYLES[number % len(STYLES)]
        said = speaks(prompt(one.facts, style)).strip()
        marks = carried(release, verifier, one, said)
        kept = set(marks or ()) - {None}
        whole = marks is not None and sorted(m or 0 for m in marks) == list(range(1, len(one.facts) + 1))
        by_rule = named(worded(one.facts, style), one.names)
        found.append(Worded(named(said, one.names), by_rule, len(one.facts), len(kept), whole))
    return found


def carried(release: Release, verifier: Verifier, evidence: Evidence, text: str) -> list[int | None] | None:
    """The mark of each clause of a text that its own fact carries, None for one that it does not.

    None altogether for a text that cannot be read back: nothing of it is believed.
    """
    read = clauses(text)
    if read is None:
        return None
    desk = Desk(release, AbstainForm("out_of_scope"), {})
    supports = [desk.edge(hit) for hit in evidence.hits]
    basis = Basis(desk.supports())

    def holds(clause: Clause) -> bool:
        known = 1 <= clause.mark <= len(supports) and set(filter(str.isupper, clause.text)) <= set(evidence.names)
        return known and any(
            verifier.carries(Claim(named(way, evidence.names) + ".", supports[clause.mark - 1]), basis)
            for way in clause.ways
        )

    return [clause.mark if holds(clause) else None for clause in read]

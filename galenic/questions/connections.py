"""How two things are connected: chains of facts, or through which broader or narrower term where there are none."""

from __future__ import annotations

from galenic.questions import compose
from galenic.questions.answer import Note
from galenic.questions.kin import Detour, detour, is_tied
from galenic.questions.shapes import by_query
from galenic.questions.wording import capital
from galenic.questions.work import Outcome, Work
from kg.evidence.results import PathResult, Stop
from kg.logic.forms import PathsForm
from kg.logic.paths import LONGEST_SEARCHED, Path, PathFinder


def connected(form: PathsForm, work: Work) -> Outcome:
    """Paths between two nodes, as chains of facts."""
    paths = PathFinder(work.executor).find(form.start.id, form.end.id, form.length)
    start, end = work.names.get(form.start.id, form.start.id), work.names.get(form.end.id, form.end.id)
    if not paths:
        return _apart(form, work)
    claims = [c for path in paths[: compose.SHOWN] if (c := compose.fact(work.desk, path))]
    results = tuple(_path_result(path, form.start.id) for path in paths)
    apart, shown = len(paths[0]), len(paths)
    steps, number = f"{apart} step{'s' if apart > 1 else ''}", f"{shown} path{'s' if shown > 1 else ''}"
    text = f"The shortest path found between {start} and {end} has {steps}; {number} shown, rarest links first."
    return Outcome(text, results, claims, notes=[Note("not_walked")] if apart > 1 else [])


def _apart(form: PathsForm, work: Work) -> Outcome:
    """No path: said as such, with the path from the nearest broader or narrower term where there is one."""
    ends = (form.start.id, form.end.id)
    names = [work.names.get(i, i) for i in ends]
    text = f"No path of at most {min(form.length, LONGEST_SEARCHED)} steps was found between {names[0]} and {names[1]}."
    notes = [
        Note("untied", {"id": i, "name": name}) for i, name in zip(ends, names, strict=True) if not is_tied(i, work)
    ]
    around = detour(*ends, work)
    claims = [by_query(text, work)]
    if around is None:
        return Outcome(text, (), claims, notes=[*notes, Note("not_walked")])
    fact = compose.fact(work.desk, (*around.lineage, *around.path))
    told = _through(around, dict(zip(ends, names, strict=True)), work)
    return Outcome(f"{text} {told}", (), [*claims, *([fact] if fact else [])], notes=[*notes, Note("not_walked")])


def _through(around: Detour, names: dict[str, str], work: Work) -> str:
    """What the graph ties instead, in words: 'Its broader term hematologic cancer is one step from Lenalidomide.'"""
    whose = names[around.node]
    (other,) = (name for node, name in names.items() if node != around.node) if len(names) > 1 else (whose,)
    term = work.executor.named([around.term])[around.term].name
    steps = "one step" if len(around.path) == 1 else f"{len(around.path)} steps"
    told = f"{capital(term)}, a {around.side} term of {whose}, is {steps} from {other}."
    if around.side == "broader":
        told += f" What is recorded of {term} need not hold of {whose}."
    return told


def _path_result(path: Path, start: str) -> PathResult:
    first = path[0].subject_name if path[0].subject == start else path[0].object_name
    stops, at = [Stop(start, first)], start
    for step in path:
        at, name = (step.object, step.object_name) if step.subject == at else (step.subject, step.subject_name)
        stops.append(Stop(at, name))
    return PathResult(tuple(stops), len(path), " > ".join(s.name for s in stops))

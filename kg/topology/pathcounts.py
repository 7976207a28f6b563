"""Path counts and degree-weighted path counts along metapaths of up to four steps, exact, for all pairs of two kinds at
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.errors import SchemaError
from kg.topology.metapath import Metapath, Step
from kg.topology.network import Network, space
from kg.topology.topology import Indices

DAMPING = 0.4
LONGEST = 4
Matrix = NDArray[np.float64]
# Products of two steps that hold more than this share of their places are kept dense.
_DENSE = 0.06


def degree_weighted(
    network: Network,
    paths: Iterable[Metapath],
    sources: Iterable[str] | None = None,
    targets: Iterable[str] | None = None,
    damping: float = DAMPING,
) -> Iterator[tuple[Metapath, Matrix]]:
    """The degree-weighted path count of every pair along each metapath, shape (sources, targets).

    DWPC = sum over paths of the product over their edges of (d_start * d_end) ** -damping,
    where d is a node's degree in the edge's relation and direction; no node occurs twice
    in a path (Himmelstein and Baranzini, PLOS Computational Biology 2015, e1004259).
    Sources and targets are identifiers, or None for `network.ids` of the kind. All
    metapaths join the same two kinds; they come back in an order that shares work,
    not that in which they were given. Raises `SchemaError` for a metapath of more
    than four steps or of other kinds, `UnknownNode` for a node without edges.
    """
    wanted = sorted(dict.fromkeys(paths))
    if not wanted:
        return
    for path in wanted:
        if len(path) > LONGEST:
            raise SchemaError(f"{path} has {len(path)} steps; paths of at most {LONGEST} are counted")
        if (space(path.source), space(path.target)) != (space(wanted[0].source), space(wanted[0].target)):
            raise SchemaError(f"{path} and {wanted[0]} join different kinds; count them apart")
    rows, columns = network.rows(wanted[0].source, sources), network.rows(wanted[0].target, targets)
    forward = len(columns) <= len(rows)
    # The columns are the fewer nodes: work grows with their number.
    ordered = wanted if forward else [p.reverse for p in wanted]
    ends = (rows, columns) if forward else (columns, rows)
    for path, counted in _without_rounding(network, ordered, ends, damping):
        yield (path, counted) if forward else (path.reverse, np.ascontiguousarray(counted.T))


def _without_rounding(
    network: Network, paths: Sequence[Metapath], ends: tuple[Indices, Indices], damping: float
) -> Iterator[tuple[Metapath, Matrix]]:
    """Counts of which what rounding leaves after a subtraction is removed: a pair without a path has 0, as its whole
    numbers say.
    """
    taken = [p for p in paths if _subtracts(p.steps)] if damping else []
    whole = _Sweep(network, taken, *ends, 0.0).run() if taken else iter(())
    doubtful = set(taken)
    for path, counts in _Sweep(network, paths, *ends, damping).run():
        if path in doubtful:
            counts[next(whole)[1] == 0] = 0
        yield path, counts


def path_counts(
    network: Network,
    paths: Iterable[Metapath],
    sources: Iterable[str] | None = None,
    targets: Iterable[str] | None = None,
) -> Iterator[tuple[Metapath, Matrix]]:
    """The number of paths of every pair along each metapath: `degree_weighted` without weights, whole numbers below 2
    ** 53.
    """
    return degree_weighted(network, paths, sources, targets, damping=0.0)


class _Sweep:
    """Paths counted from their ends: what lies behind a metapath's first step is shared by all that end the same way.

    Let W1..Wk be the weighted matrices of the steps, and P(j..k) the paths without a
    repeated node along steps j to k. W1 P(2..k) holds every walk whose nodes 1 to k
    differ; those in which node 0 comes again at place i are taken away by inclusion
    and exclusion over the ways in which nodes may coincide. Neighbours in a walk
    differ (no node is joined with itself), and 0 = k is the diagonal, which is set to
    0; so up to four steps these are left ('02' says that nodes 0 and 2 are the same):

    k = 3: - 02 + 02,13
    k = 4: - 02 - 03 + 02,13 + 02,14 + 03,14 + 03,24

    where those without node 0 are in P(2..k) already. A term is there only if the
    kinds at its places are the same.
    """

    def __init__(
        self, network: Network, paths: Sequence[Metapath], rows: Indices, columns: Indices, damping: float
    ) -> None:
        self.network, self.paths, self.damping = network, paths, damping
        self.rows, self.columns = rows, columns
        self._cuts: dict[tuple[Step, str, str], Any] = {}
        self._trips: dict[tuple[Step, ...], Matrix] = {}
        self._pairs: dict[tuple[Step, Step], Any] = {}
        self._inner = self._reached()
        self._closing: dict[tuple[Step, Step], set[Step]] = {}
        for path in paths:
            if len(path) == LONGEST and _same(path.steps, 0, 3):
                self._closing.setdefault((path.steps[0], path.steps[1]), set()).add(path.steps[2])

    def run(self) -> Iterator[tuple[Metapath, Matrix]]:
        """Each metapath with its counts; `behind` holds those of its proper ends, shortest first."""
        behind: list[tuple[tuple[Step, ...], Any]] = []
        for path in sorted(self.paths, key=lambda p: p.steps[::-1]):
            while behind and (len(behind) >= len(path) or behind[-1][0] != path.steps[-len(behind) :]):
                behind.pop()
            for length in range(len(behind) + 1, len(path)):
                steps = path.steps[-length:]
                behind.append(
                    (steps, self._count(steps, "inner" if length == LONGEST - 1 else "all", [b for _, b in behind]))
                )
            counts = self._count(path.steps, "sources", [b for _, b in behind])
            yield path, counts if isinstance(counts, np.ndarray) else counts.toarray()

    def _reached(self) -> dict[str, Indices]:
        """Rows that the first steps of the longest metapaths lead to, by kind: all that is asked of what lies behind
        them.
        """
        rows: dict[str, list[Indices]] = {}
        for step in {path.steps[0] for path in self.paths if len(path) == LONGEST}:
            rows.setdefault(space(step.target), []).append(np.unique(self._cut(step, "sources", "all").indices))
        return {kind: np.unique(np.concatenate(parts)) for kind, parts in rows.items()}

    def _chosen(self, which: str, category: str) -> Indices:
        """The rows or columns that a name stands for."""
        match which:
            case "sources":
                return self.rows
            case "targets":
                return self.columns
            case "inner":
                return self._inner[space(category)]
            case _:
                return np.arange(len(self.network.members(category)))

    def _cut(self, step: Step, near: str, far: str) -> Any:
        """A step's weighted matrix, cut to the sources, targets or inner nodes."""
        if (step, near, far) not in self._cuts:
            matrix = self.network.weighted(step, self.damping)
            matrix = matrix if near == "all" else matrix[self._chosen(near, step.source)]
            self._cuts[step, near, far] = matrix if far == "all" else matrix[:, self._chosen(far, step.target)]
        return self._cuts[step, near, far]

    def _count(self, steps: tuple[Step, ...], near: str, behind: list[Any]) -> Any:
        """P(1..k) from the nodes `near` to the targets, sparse where there is little of it; `behind` holds P(k..k) to
        P(2..k).
        """
        if len(steps) == 1:
            return self._cut(steps[0], near, "targets")
        walks = self._cut(steps[0], near, "inner" if len(steps) == LONGEST else "all") @ behind[-1]
        if not isinstance(walks, np.ndarray) and (
            len(steps) > 2 or walks.nnz > _DENSE * walks.shape[0] * walks.shape[1]
        ):
            walks = walks.toarray()
        if len(steps) == 3 and _same(steps, 0, 2):
            _add(walks, -1, self._repeats_of_three(steps, near))
        if len(steps) == 4 and (_same(steps, 0, 2) or _same(steps, 0, 3)):
            self._take_repeats_of_four(walks, steps, behind[1])
        if _same(steps, 0, len(steps)):
            walks = walks if isinstance(walks, np.ndarray) else walks.toarray()
            starts = self._chosen(near, steps[0].source)
            both = np.flatnonzero(np.isin(starts, self.columns))
            row, column = np.nonzero(starts[both, None] == self.columns)
            walks[both[row], column] = 0
        return walks

    def _repeats_of_three(self, steps: tuple[Step, ...], near: str) -> Any:
        step1, step2, step3 = steps
        last = self._cut(step3, near, "targets")
        repeats = _scaled(self._round_trips(step1, step2)[self._chosen(near, step1.source)], last)
        if _same(steps, 1, 3):
            repeats = repeats - self._cut(step1, near, "targets").multiply(
                self._cut(step2.reverse, near, "targets")
            ).multiply(last)
        return repeats

    def _take_repeats_of_four(self, walks: Matrix, steps: tuple[Step, ...], last_two: Any) -> None:
        step1, step2, step3, step4 = steps
        first, last = (
            self._cut(s, "sources", "targets") if _same(steps, *ends) else None
            for s, ends in ((step1, (1, 4)), (step4, (0, 3)))
        )
        if _same(steps, 0, 2):
            from_same = last_two[self.rows]
            _add(walks, -1, _scaled(self._round_trips(step1, step2)[self.rows], from_same))
            if _same(steps, 1, 3):
                there = self._cut(step1, "sources", "all").multiply(self._cut(step2.reverse, "sources", "all"))
                _add(walks, 1, there.multiply(self._cut(step3, "sources", "all")) @ self._cut(step4, "all", "targets"))
            if first is not None:
                _add(walks, 1, first.multiply(self._cut(step2.reverse, "sources", "targets")).multiply(from_same))
        if last is not None:
            _add(walks, -1, _scaled(self._long_trips(step1, step2, step3), last))
            if first is not None:
                _add(walks, 1, first.multiply(last).multiply(self._two_steps(step3.reverse, step2.reverse)))
            if _same(steps, 2, 4):
                _add(
                    walks,
                    1,
                    self._cut(step3.reverse, "sources", "targets")
                    .multiply(last)
                    .multiply(self._two_steps(step1, step2)),
                )

    def _round_trips(self, there: Step, back: Step) -> Matrix:
        """Of each member the weight of all walks there and back again to it."""
        if (there, back) not in self._trips:
            both = self._cut(there, "all", "all").multiply(self._cut(back.reverse, "all", "all"))
            self._trips[there, back] = np.asarray(both.sum(axis=1)).ravel()
        return self._trips[there, back]

    def _long_trips(self, step1: Step, step2: Step, step3: Step) -> Matrix:
        """Of each source the weight of all walks of these three steps that return to it."""
        if (step1, step2, step3) not in self._trips:
            walks = self._cut(step1, "sources", "all") @ self._cut(step2, "all", "all")
            for closing in self._closing[step1, step2]:
                both = walks.multiply(self._cut(closing.reverse, "sources", "all"))
                self._trips[step1, step2, closing] = np.asarray(both.sum(axis=1)).ravel()
        return self._trips[step1, step2, step3]

    def _two_steps(self, step1: Step, step2: Step) -> Any:
        """Walks of two steps from the sources to the targets."""
        if (step1, step2) not in self._pairs:
            self._pairs[step1, step2] = self._cut(step1, "sources", "all") @ self._cut(step2, "all", "targets")
        return self._pairs[step1, step2]


def _same(steps: tuple[Step, ...], place: int, other: int) -> bool:
    """Whether the nodes at two places of a walk are of one kind."""
    return space(_kind(steps, place)) == space(_kind(steps, other))


def _kind(steps: tuple[Step, ...], place: int) -> str:
    return steps[0].source if place == 0 else steps[place - 1].target


def _scaled(factors: Matrix, matrix: Any) -> Any:
    """Each row of a matrix, dense or sparse, times its factor."""
    return factors[:, None] * matrix if isinstance(matrix, np.ndarray) else matrix.multiply(factors[:, None]).tocsr()


def _subtracts(steps: tuple[Step, ...]) -> bool:
    """Whether walks are taken away from others on the way, so that rounding may leave something of nothing."""
    if len(steps) == 3:
        return _same(steps, 0, 2)
    return len(steps) == 4 and (_same(steps, 0, 2) or _same(steps, 0, 3) or _same(steps, 1, 3))


def _add(total: Matrix, sign: int, part: Any) -> None:
    """Add a part, dense or sparse, to a dense matrix in place, or take it away."""
    if isinstance(part, np.ndarray):
        total += sign * part
    else:
        listed = part.tocoo()
        total[listed.row, listed.col] += sign * listed.data

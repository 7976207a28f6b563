"""Declared dependencies: each can be imported as locked, and is used or said to wait for something."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from galenic.doctor import ROOMS

ROOT = Path(__file__).resolve().parent.parent.parent


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [re.split(r"[<>=!~\[; ]", dependency)[0] for dependency in project["dependencies"]]


def modules(distribution: str) -> list[str]:
    """What a distribution is imported as: the module of its own name, else all that it provides."""
    name = distribution.replace("-", "_")
    of = {
        module
        for module, distributions in importlib.metadata.packages_distributions().items()
        for provider in distributions
        if provider.replace("-", "_").casefold() == name.casefold()
    }
    # One that only adds to another's package: neo4j-rust-ext is neo4j._rust.
    inside = {
        f"{file.parts[0]}.{file.name.partition('.')[0]}"
        for file in importlib.metadata.files(distribution) or ()
        if len(file.parts) == 2 and file.suffix == ".so"
    }
    return [m for m in of if m == name] or sorted(of) or sorted(inside)


def test_every_declared_dependency_can_be_imported() -> None:
    wanted = [module for name in declared() for module in modules(name)]
    assert len(wanted) >= len(declared())
    lines = [f"try:\n import {m}\nexcept Exception as e:\n print({m!r}, type(e).__name__, e)" for m in wanted]
    command = [sys.executable, "-W", "ignore", "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-500:]


def test_every_declared_dependency_is_used_or_said_to_wait() -> None:
    imported = set()
    for file in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    decisions = (ROOT / "docs" / "adr" / "0006-dependencies.md").read_text("utf-8")
    unused = [name for name in declared() if not imported & set(modules(name)) and f"`{name}`" not in decisions]
    assert unused == []


def test_a_question_without_a_chat_model_does_not_wait_for_langchain() -> None:
    code = "import sys, galenic.questions.pipeline, llm.patterns.parser; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "galenic" in loaded and not loaded & {"langchain_core", "langchain_openai", "torch", "transformers"}

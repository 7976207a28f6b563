"""The version of a file, as the file itself or its name states it; none where neither does."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.source import Inputs
from ontologies.formats.lines import beginning

# How formats state the version of what they hold, within their first lines.
_STATED = (
    re.compile(rb"^data-version:\s*(\S.*?)\s*$", re.M),
    re.compile(rb"<owl:versionIRI[^>]*rdf:resource=[\"']([^\"']+)[\"']"),
    re.compile(rb"<owl:versionInfo[^>]*>([^<]+)<"),
    re.compile(rb"^#\s*(?:date|version):\s*(\S+)\s*$", re.M | re.I),
    re.compile(rb"^#\s*mapping_set_version:\s*[\"']?([^\s\"']+)", re.M),
    re.compile(rb"exported-on=[\"']([\d-]+)[\"']"),
    re.compile(rb"\"version\"\s*:\s*\"([^\"]+)\""),
)
_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d-\d\d-\d\d|(?:19|20)\d\d)(?!\d)")
_RELEASE = re.compile(r"[-_]v(\d+(?:\.\d+)+)")


def stated(path: Path) -> str:
    """The version that a file states in its heading, or else in its name; empty where neither does.

    A date in a longer text (`hp/releases/2025-05-06`) is the version.

    >>> stated(Path("who-atc-ddd-2026-04-25.csv.gz")), stated(Path("hetionet-v1.0-nodes.tsv.gz"))
    ('2026-04-25', '1.0')
    """
    head = beginning(path, 8192) if path.exists() else b""
    for pattern in _STATED:
        if match := pattern.search(head):
            text = match[1].decode("utf-8", "replace")
            dated = _DATED.search(text)
            return dated[1] if dated else text.rsplit("/", 1)[-1][:40]
    if numbered := _RELEASE.search(path.name):
        return numbered[1]
    dated = _DATED.search(path.name)
    return dated[1] if dated else ""


def newest_first(paths: tuple[Path, ...]) -> list[Path]:
    """Files by their version, the newest first; those that state none come last, in the order of their names."""
    return sorted(sorted(paths), key=stated, reverse=True)


def versions(inputs: Inputs) -> str:
    """The versions of a source's files, newest first, each once; empty when none states one."""
    return ", ".join(sorted({v for path in inputs.files if (v := stated(path))}, reverse=True))

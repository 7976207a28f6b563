"""Seals: what the files of a folder must be, so that a damaged one is found and made again."""

from __future__ import annotations

import json
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

SEAL = "sealed.json"


def seal(folder: Path, passed: Collection[str] = ()) -> None:
    """Write down size and SHA-256 of every file in a folder and below it, but of those named in `passed`."""
    files = {
        path.relative_to(folder).as_posix(): [path.stat().st_size, file_sha256(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in passed and path != folder / SEAL
    }
    part = folder / f".{SEAL}"
    part.write_text(json.dumps(files, indent=0), "utf-8")
    part.replace(folder / SEAL)


def is_sealed(folder: Path) -> bool:
    """Whether a folder has a seal."""
    return (folder / SEAL).exists()


def damage(folder: Path, whole: bool = False) -> str:
    """What is wrong with the first damaged file of a sealed folder; '' where nothing is.

    Sizes are looked at, which is done at once; with `whole` every file is hashed too.
    """
    try:
        files = json.loads((folder / SEAL).read_text("utf-8"))
        items = [(folder / name, int(size), str(digest)) for name, (size, digest) in files.items()]
    except (OSError, ValueError, AttributeError, TypeError):
        return f"{folder} lacks what says that it is whole"
    for path, size, digest in items:
        try:
            has = path.stat().st_size
        except OSError:
            return f"{path} is missing"
        if has != size:
            return f"{path} has {has:,} bytes instead of {size:,}"
        if whole and file_sha256(path) != digest:
            return f"{path} was changed since it was written"
    return ""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

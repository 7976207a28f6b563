"""Who may read a home: its owner alone, or with `shared` the group of its folder too."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_OTHERS, _ALL_OTHERS = 0o007, 0o077


@contextlib.contextmanager
def private(shared: bool = False) -> Iterator[None]:
    """What is written meanwhile, by processes started meanwhile too, is for the owner (and the group) alone."""
    before = os.umask(_OTHERS if shared else _ALL_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def secure(home: Path, shared: bool = False) -> None:
    """Make a home, or take from one that there is the rights that others have; folders of other use are left alone."""
    if not home.exists():
        with private(shared):
            home.mkdir(parents=True)
    elif not _is_home(home):
        return
    if shared:
        # What is made in it belongs to its group.
        home.chmod(stat.S_IMODE(home.stat().st_mode) | stat.S_ISGID | 0o070)
    for path in (home, *home.rglob("*")):
        with contextlib.suppress(OSError):
            held = path.lstat()
            wanted = stat.S_IMODE(held.st_mode) & ~(_OTHERS if shared else _ALL_OTHERS)
            if not stat.S_ISLNK(held.st_mode) and held.st_uid == os.geteuid() and wanted != stat.S_IMODE(held.st_mode):
                path.chmod(wanted)


def open_to_others(home: Path, shared: bool = False) -> bool:
    """Whether accounts that should not can read the home."""
    return bool(stat.S_IMODE(home.stat().st_mode) & (_OTHERS if shared else _ALL_OTHERS))


def _is_home(folder: Path) -> bool:
    """Whether a folder is there for Galenic alone: empty, or with releases, and not one that many accounts write to."""
    entries = {path.name for path in folder.iterdir()}
    return not folder.stat().st_mode & stat.S_ISVTX and (not entries or bool({"releases", "build.lock"} & entries))

"""The embedded engine: the graphs of a home's releases, loaded once, and the engines that read them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Literal

from kg.errors import StoreError, StoreUnavailable
from kg.release.release import Release
from kg.release.seals import damage, seal
from kg.stores.arcade_launch import DATABASE, ServerSettings
from kg.stores.engine import Running
from kg.stores.engines import Engines
from kg.stores.revision import LOAD_REVISION

# Questions have an engine of their own, so that no query that somebody wrote can keep it busy.
# What an engine writes when it ends, of whatever it only read.
_COUNTED = frozenset(("last-tx-id.bin", "statistics.json", "database.lck"))
Purpose = Literal["server", "cypher"]


class ArcadeServer:
    """The graphs of one home folder and their engines. `root` holds one folder a release and the engines' records."""

    def __init__(self, root: Path, settings: ServerSettings | None = None, cypher_heap: str = "2g") -> None:
        self.root = root
        self.settings = settings or ServerSettings()
        for_cypher = replace(self.settings, heap=cypher_heap, port=None, nice=5)
        self.questions, self.cypher = Engines(root, "server", self.settings), Engines(root, "cypher", for_cypher)

    def folder(self, release_id: str) -> Path:
        """Where the files of a release's graph lie."""
        return self.root / release_id.removeprefix("sha256:")[:16]

    def loaded(self, release_id: str) -> bool:
        """Whether the release's graph is built."""
        try:
            said = json.loads((self.folder(release_id) / "loaded.json").read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(said.get("revision") == LOAD_REVISION)

    def damage(self, release_id: str, whole: bool = False) -> str:
        """What is wrong with the files of a release's graph; '' where nothing is."""
        return damage(self.folder(release_id) / "databases", whole)

    def load(self, release: Release, heap: str = "2g") -> None:
        """Build the graph of a release beside the one that serves; nothing is left of a load that fails."""
        place = self.folder(release.id)
        if self.loaded(release.id) and not self.damage(release.id, whole=True):
            return
        if place.exists():
            # Rows have changed since it was loaded, or files are damaged: nobody may go on reading it.
            self.stop(release.id)
            shutil.rmtree(place, ignore_errors=True)
        work = self.root / f".loading-{os.getpid()}"
        for leftover in self.root.glob(".loading-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        (work / "databases").mkdir(parents=True)
        log = work / "load.log"
        command = [
            sys.executable,
            "-m",
            "kg.stores.arcade_load",
            str(release.folder),
            str(work / "databases" / DATABASE),
            heap,
        ]
        with log.open("wb") as out:
            done = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False)
        if done.returncode:
            tail = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            shutil.rmtree(work, ignore_errors=True)
            raise StoreError(
                f"loading the graph failed ({'; '.join(tail) or f'exit {done.returncode}'}); free memory or disk and "
                "build again"
            )
        seal(work / "databases", _COUNTED)
        (work / "loaded.json").write_text(json.dumps({"release": release.id, "revision": LOAD_REVISION}), "utf-8")
        work.rename(place)

    def prune(self, keep: Collection[str]) -> None:
        """Remove the graphs of releases that are not to be kept."""
        kept = {*map(self.folder, keep), self.root / "run"}
        for folder in self.root.iterdir():
            if folder.is_dir() and folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def running(self) -> Running | None:
        """The engine that answers questions now, or None."""
        return self.questions.running()

    def ensure(self, release_id: str, purpose: Purpose = "server") -> Running:
        """The running engine of this release, started if need be; raises `StoreUnavailable` when it cannot."""
        if not self.loaded(release_id):
            raise StoreUnavailable(f"the graph of release {release_id[:19]} is not built; run `galenic build`")
        if wrong := self.damage(release_id):
            raise StoreUnavailable(f"the graph is damaged: {wrong}; run `galenic build` to load it again")
        return self.engine(purpose).ensure(release_id, self.folder(release_id) / "databases")

    def engine(self, purpose: Purpose) -> Engines:
        """The engines for questions, or those for Cypher that somebody wrote."""
        return self.questions if purpose == "server" else self.cypher

    def stop(self, release_id: str | None = None) -> bool:
        """End the engines, or those of one release; whether there was one."""
        ended = [engines.end(release_id) for engines in (self.questions, self.cypher)]
        return any(ended)

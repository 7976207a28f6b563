"""The engines of one purpose: one for each release that is asked, so that a new release ends nobody's answers."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from kg.stores.arcade_launch import ServerSettings
from kg.stores.engine import Engine, Running

# How often, at most, an engine in use is noted as such.
_NOTED_SECONDS = 5.0


class Engines:
    """Two places for engines: while a server goes on with one release, a command may ask the next.

    `name`.start is held by who starts or ends an engine; a keeper holds it on until its engine answers, even when who
    asked for it was killed meanwhile.
    """

    def __init__(self, root: Path, name: str, settings: ServerSettings) -> None:
        self.root, self.name, self.settings = root, name, settings
        # On a fixed port there can be one only.
        names = (name, f"{name}-2") if settings.port is None else (name,)
        self.places = tuple(Engine(root, n, settings) for n in names)
        self._noted = 0.0

    def running(self, release_id: str | None = None) -> Running | None:
        """The engine that answers for a release, or for any; None where there is none."""
        return next((r for r in self.all_running() if release_id in (None, r.release)), None)

    def all_running(self) -> list[Running]:
        """The engines that answer."""
        return [r for engine in self.places if (r := engine.running()) is not None]

    def ensure(self, release_id: str, databases: Path) -> Running:
        """The running engine of a release, started if need be, instead of the one that was unused for longest if all
        places are taken; raises `StoreUnavailable` when it cannot.
        """
        with self._starting() as lock:
            for engine in self.places:
                running = engine.running()
                if running is not None and running.release == release_id:
                    engine.used()
                    return running
                if running is None:
                    # Nobody starts one now: what holds the place is lost, or answers no more.
                    engine.end()
            place = min(self.places, key=lambda engine: (engine.holders() is not None, engine.last_used))
            place.end()
            return place.start(release_id, databases, lock)

    def used(self, release_id: str) -> None:
        """Note that the engine of a release is in use, so that it does not end as idle; cheap enough for every read."""
        now = time.monotonic()
        if now - self._noted >= min(_NOTED_SECONDS, self.settings.idle_minutes * 15):
            self._noted = now
            for engine in self.places:
                if engine.release == release_id:
                    engine.used()

    def replace(self, running: Running) -> None:
        """Kill an engine that goes on with what it was to stop; the next read starts another."""
        for engine in self.places:
            engine.replace(running)

    def end(self, release_id: str | None = None) -> bool:
        """End the engines, or those of a release, also one that only starts; whether there was one."""
        ended = False
        for engine in self.places:
            if release_id is None or engine.release == release_id:
                ended |= engine.end()
        with self._starting():
            for engine in self.places:
                engine.forget()
        return ended

    @contextlib.contextmanager
    def _starting(self) -> Iterator[int]:
        self.root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.root / f"{self.name}.start", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)

"""What a server answers with: one release, whole, until a newer one is as whole; answers in hand end on the old one."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from galenic.house import House
from galenic.reports.plain import one_line
from kg.errors import GraphError, ReleaseError
from ontologies.errors import Problem

# How often the home is looked at for a newer release.
_LOOK_SECONDS = 1.0
_LOG = logging.getLogger(__name__)


class _Opened:
    """A house with the number of answers in hand; one that is no longer served is closed with the last of them."""

    def __init__(self, house: House) -> None:
        self.house, self.answers, self.is_over = house, 0, False


class Served:
    """The house that answers; `make` gives one that nothing was opened of. Threads may share it.

    Raises what opening raises where the first release cannot be opened whole.
    """

    def __init__(self, make: Callable[[], House]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._now = _Opened(_whole(make()))
        self._over = threading.Event()
        self._trouble = ""
        self._watch = threading.Thread(target=self._follow, name="newer releases", daemon=True)

    @contextlib.contextmanager
    def house(self) -> Iterator[House]:
        """The house that serves, kept open as long as it is used here."""
        with self._lock:
            opened = self._now
            opened.answers += 1
        try:
            yield opened.house
        finally:
            with self._lock:
                opened.answers -= 1
                ended = opened.is_over and not opened.answers
            if ended:
                _closed(opened.house)

    @property
    def serving(self) -> str:
        """The id of the release that serves."""
        return self._now.house.release.id

    @property
    def trouble(self) -> str:
        """Why a newer release does not serve yet; '' where it does or none is there."""
        return self._trouble

    def newest(self) -> str:
        """The id of the home's current release; raises `ReleaseError` where there is none any more."""
        return self._make().release.id

    def follow(self) -> None:
        """Look for newer releases from now on, in a thread of its own."""
        self._watch.start()

    def _follow(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self.move()

    def move(self) -> bool:
        """Serve the home's current release if it is another one and opens whole; whether it moved."""
        try:
            house = self._make()
            if house.shelf.names_current(self._now.house.release):
                self._trouble = ""
                return False
            _whole(house)
        except (Problem, OSError) as problem:
            told = one_line(str(problem))
            if told != self._trouble:
                _LOG.error("the newer release is not served: %s", told)
            self._trouble = told
            return False
        with self._lock:
            old, self._now, self._trouble = self._now, _Opened(house), ""
            old.is_over = True
            unused = not old.answers
        if unused:
            _closed(old.house)
        return True

    def close(self) -> None:
        """End looking, and let go of the release that serves."""
        self._over.set()
        # Whoever looks may be about to serve another release; what it opens then is closed here too.
        if self._watch.is_alive():
            self._watch.join()
        self._now.house.close()


def _whole(house: House) -> House:
    """A house with everything open that an answer needs, all of one release."""
    try:
        house.store.require(house.release.id)
        assert house.pipeline.vocabulary and house.pipeline.coverage and house.topology
        assert house.passages is not None and house.linker is not None
    except Exception:
        house.close()
        raise
    return house


def _closed(house: House) -> None:
    """Close a house that serves no more, and end its engines: the next command asks the newer release."""
    house.close()
    with contextlib.suppress(GraphError, OSError):
        if not house.settings.graph:
            house.server.stop(house.release.id)


def require_there(house: House) -> None:
    """Raise `ReleaseError` when the release that serves was removed from the disk."""
    if not (house.release.folder / "manifest.json").exists():
        raise ReleaseError(f"the release that serves is gone from {house.release.folder}; run `galenic build`")

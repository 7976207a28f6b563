"""Drivers that may be closed in the middle of a read: each is lent to one reader at a time, so that no other's read
fails.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator

from neo4j import Driver

from kg.errors import StoreError

logger = logging.getLogger(__name__)


class _Loan:
    """A driver while one reader has it: either its time runs out first or the reader ends first, never both."""

    def __init__(self, driver: Driver, then: Callable[[], None]) -> None:
        self.driver, self._then = driver, then
        self.cut = False
        self._over = False
        self._lock = threading.Lock()

    def run_out(self) -> None:
        """Close the driver under its reader, unless that one has ended."""
        with self._lock:
            if self._over:
                return
            self.cut = True
        # The reader is told; what the driver says of a connection closed in mid-read helps nobody.
        with contextlib.suppress(Exception):
            self._then()
        _closed_under_its_reader(self.driver)

    def end(self) -> None:
        """The reader has ended; from now on the driver is not closed under it."""
        with self._lock:
            self._over = True


def _closed_under_its_reader(driver: Driver) -> None:
    """Close a driver whatever another thread does with it: where its goodbye fails, its sockets are closed without."""
    lines = getattr(getattr(driver, "_pool", None), "connections", {})
    connections = [connection for of_address in list(lines.values()) for connection in list(of_address)]
    try:
        driver.close()
    except Exception as problem:
        logger.debug("closed in the middle of a read: %s", problem)
        for connection in connections:
            with contextlib.suppress(Exception):
                connection.kill()
        with contextlib.suppress(Exception):
            driver.close()


class Spares:
    """Lends drivers and keeps those that were not closed, for connecting costs more than a read."""

    def __init__(self, make: Callable[[], Driver]) -> None:
        self._make = make
        self._idle: list[Driver] = []
        self._closed = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lent(
        self, seconds: float, said: Callable[[], StoreError], then: Callable[[], None] = lambda: None
    ) -> Iterator[Driver]:
        """A driver that is closed after so many seconds; raises `said` where that was before the reader had ended, and
        calls `then` at once.
        """
        loan = _Loan(self._taken(), then)
        timer = threading.Timer(seconds, loan.run_out)
        timer.daemon = True
        timer.start()
        try:
            yield loan.driver
        except Exception as problem:
            loan.end()
            if loan.cut:
                raise said() from problem
            raise
        else:
            loan.end()
            # A connection closed in mid-read may look like the end of the rows: what came is not taken for all.
            if loan.cut:
                raise said()
        finally:
            loan.end()
            timer.cancel()
            if not loan.cut:
                self._given_back(loan.driver)

    def _taken(self) -> Driver:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._make()

    def _given_back(self, driver: Driver) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(driver)
                return
        driver.close()

    def close(self) -> None:
        """Close the drivers that nobody has, and the others as they come back."""
        with self._lock:
            idle, self._idle, self._closed = self._idle, [], True
        for driver in idle:
            driver.close()

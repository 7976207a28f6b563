"""One engine of a home: found by what it holds, started under a keeper, ended; never that of another home."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from kg.errors import StoreUnavailable
from kg.stores.arcade_launch import DATABASE, ServerSettings, accounts, command
from kg.stores.bolt import Address
from kg.stores.keeper import answers, began

_END_SECONDS = 15.0
# So long a start that failed is tried again.
_TRY_SECONDS = 15.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """An engine that answers: what its record says. `pid` is the engine's process, `keeper` that which keeps it."""

    pid: int
    port: int
    http_port: int
    release: str
    reader: str
    loader: str
    keeper: int

    def address(self) -> Address:
        """How a reader reaches it."""
        return Address(f"bolt://127.0.0.1:{self.port}", "reader", self.reader, DATABASE)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that holds an engine's lock, with the time when it began."""

    pid: int
    began: str

    @property
    def is_alive(self) -> bool:
        """Whether it is still that process."""
        try:
            os.kill(self.pid, 0)
        except OSError:
            return False
        return began(self.pid) == self.began


class Engine:
    """The engine `name` of a graph folder. `name`.json is its record, `name`.lock is held by what runs.

    A record alone says nothing: a copied home has the record of the original's engine, but nobody holds its lock.
    """

    def __init__(self, root: Path, name: str, settings: ServerSettings) -> None:
        self.root, self.name, self.settings = root, name, settings
        self.state, self._lock_file = root / f"{name}.json", root / f"{name}.lock"
        self.place = root / "run" / name

    def holders(self) -> tuple[Holder, ...] | None:
        """The processes of the engine that runs or starts; None where there is none."""
        try:
            handle = os.open(self._lock_file, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            # Shared, so that two who look do not take each other for an engine.
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            rows = [row.split() for row in os.pread(handle, 1000, 0).decode("ascii", "replace").splitlines()]
            return tuple(Holder(int(row[0]), row[1] if len(row) > 1 else "") for row in rows if row)
        else:
            return None
        finally:
            os.close(handle)

    def running(self) -> Running | None:
        """The engine that answers now, or None."""
        record = self._record()
        if record is None or not record.get("ready") or self.holders() is None:
            return None
        try:
            found = Running(**{f.name: record[f.name] for f in fields(Running)})
        except KeyError:
            return None
        return found if answers(found.port) else None

    @property
    def release(self) -> str | None:
        """The release that its record names."""
        record = self._record()
        return None if record is None else str(record.get("release"))

    def _record(self) -> dict[str, Any] | None:
        try:
            record = json.loads(self.state.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def used(self) -> None:
        """Note that the engine is in use, so that it does not end as idle."""
        with contextlib.suppress(OSError):
            os.utime(self.state)

    @property
    def last_used(self) -> float:
        """When it was noted as in use; 0 where it has no record."""
        try:
            return self.state.stat().st_mtime
        except OSError:
            return 0.0

    def forget(self) -> None:
        """Take away a record that nobody holds."""
        if self.holders() is None:
            self.state.unlink(missing_ok=True)

    def replace(self, running: Running) -> None:
        """Kill an engine that goes on with what it was to stop; the next read starts another. One that has been
        replaced already is left alone.
        """
        record = self._record()
        if record is not None and record.get("pid") == running.pid and self.holders() is not None:
            with contextlib.suppress(OSError):
                os.kill(running.pid, signal.SIGKILL)

    def end(self) -> bool:
        """End what holds the engine's lock, asked first, then killed; whether there was anything."""
        holders = self.holders()
        if holders is None:
            return False
        last = time.monotonic() + _END_SECONDS
        asked: set[Holder] = set()
        while (holders := self.holders()) is not None and time.monotonic() < last:
            for holder in holders[:1]:
                # The keeper ends its engine; one that stands alone has lost it and is about to be killed.
                if holder not in asked and holder.is_alive:
                    asked.add(holder)
                    _signal(holder, signal.SIGTERM)
            if len(holders) > 1 and not holders[0].is_alive:
                _signal(holders[1], signal.SIGKILL)
            time.sleep(0.02)
        if holders is not None:
            _LOG.warning("the graph server did not end in %g s and is killed", _END_SECONDS)
            for holder in holders:
                _signal(holder, signal.SIGKILL)
            time.sleep(0.2)
        return True

    def start(self, release_id: str, databases: Path, lock: int) -> Running:
        """Start the engine on a release's graph; `lock` is that of who starts, which its keeper holds until the engine
        answers. Raises `StoreUnavailable` when it does not come up.
        """
        port = self.settings.port
        if port is not None and _taken(port):
            raise StoreUnavailable(
                f"port {port} is taken; set GALENIC_GRAPH_PORT to a free one or unset it for a random one"
            )
        if not _loopback_works():
            raise StoreUnavailable("nothing can be reached on 127.0.0.1, where the graph server answers; bring `lo` up")
        reply, last = "", time.monotonic() + _TRY_SECONDS
        while time.monotonic() < last:
            # A port that was free may be taken meanwhile; what takes longer would take as long again.
            reply = self._kept(self._job(release_id, databases, lock), lock)
            found = self.running() if reply == "ready" else None
            if found is not None:
                return found
        why = reply.removeprefix("failed ") or "its keeper was killed"
        raise StoreUnavailable(f"the graph server did not start ({why}); see {self.place / 'server.out'}")

    def _job(self, release_id: str, databases: Path, lock: int) -> Mapping[str, Any]:
        """What the keeper needs to know; the passwords stand in no command line."""
        reader, loader = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        port, http_port = self.settings.port or _free_port(), _free_port()
        try:
            accounts(self.place, self.settings, reader, loader)
        except OSError as problem:
            raise StoreUnavailable(f"the graph server cannot start: {problem}; free disk, or see its rights") from None
        running = Running(0, port, http_port, release_id, reader, loader, 0)
        return {
            "record": asdict(running),
            "command": command(self.place, databases, self.settings, (port, http_port)),
            "folder": str(self.place),
            "log": str(self.place / "server.out"),
            "state": str(self.state),
            "lock": str(self._lock_file),
            "start_lock": lock,
            "idle_minutes": self.settings.idle_minutes,
            "nice": self.settings.nice,
        }

    def _kept(self, job: Mapping[str, Any], lock: int) -> str:
        """Start a keeper, and what it replies; it lives on for the next command."""
        script = Path(__file__).with_name("keeper.py")
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            pass_fds=(lock,),
        )
        assert process.stdin is not None and process.stdout is not None
        with process.stdout, contextlib.suppress(BrokenPipeError):
            with process.stdin:
                process.stdin.write(json.dumps(job).encode())
            reply = process.stdout.readline().decode("utf-8", "replace").strip()
        # Python must not complain that nobody waits for it.
        process.returncode = 0
        return reply


def _signal(holder: Holder, number: int) -> None:
    if holder.is_alive:
        with contextlib.suppress(OSError):
            os.kill(holder.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _loopback_works() -> bool:
    """Whether a process reaches itself on the loopback interface."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()[:2], timeout=2.0).close()
    except OSError:
        return False
    return True


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False

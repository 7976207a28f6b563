"""Keeps one graph engine: records it before it starts, seals the record once it answers, ends it when it is idle.

Started as a script with nothing but the standard library, so that it takes some megabytes only. The engine cannot
outlive its record: the keeper writes the record first, dies with a signal only after the engine, and where it is killed
outright the kernel kills the engine too. Both hold the lock of the engine as long as they live, so that whoever finds
the lock taken knows that there is an engine, and its text says which processes these are.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from typing import Any, NoReturn

_START_SECONDS = 60.0
_END_SECONDS = 10.0
_LOCK_SECONDS = 3.0
# The sealed record is written over the first one: no block of a full disk is needed for it.
_SPARE = 64
_MOST_RECORD = 10_000
_PR_SET_PDEATHSIG = 1


class EngineFailed(Exception):
    """The engine did not come up; the text says why in one line."""


def began(pid: int) -> str:
    """When a process began, as the kernel counts: a number with a later process of the same id has another one."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stream:
            return stream.read().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def answers(port: int) -> bool:
    """Whether something speaks Bolt there: the handshake alone, far cheaper than a driver."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as link:
            link.sendall(b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x04" + b"\x00" * 12)
            return len(link.recv(4)) == 4
    except OSError:
        return False


class Keeper:
    """One engine from its start to its end; `job` is what `kg.stores.engine` sends."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.ending = False
        self.java: subprocess.Popen[bytes] | None = None
        self._wakes, self._wake = os.pipe()
        for end in (self._wakes, self._wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        # Whoever asked for the engine may be gone when the reply is written.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._lock = self._taken()

    def _end(self, number: int, frame: object) -> None:
        self.ending = True

    def _taken(self) -> int:
        """The engine's lock; raises `EngineFailed` while another engine holds it."""
        handle = os.open(self.job["lock"], os.O_RDWR | os.O_CREAT, 0o600)
        last = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
            except BlockingIOError:
                if time.monotonic() > last:
                    raise EngineFailed("another engine of this home still runs; end it with `galenic down`") from None
                time.sleep(0.05)

    def _write_lock(self, *pids: int) -> None:
        text = "".join(f"{pid} {began(pid)}\n" for pid in pids).encode()
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text, 0)

    def _write_record(self, **more: Any) -> None:
        record = {**self.job["record"], "keeper": os.getpid(), **more}
        size = len(json.dumps({**record, "pid": 0, "ready": False}))
        text = json.dumps(record).ljust(size + _SPARE)
        handle = os.open(self.job["state"], os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(handle, text.encode(), 0)
            os.ftruncate(handle, len(text))
            os.fsync(handle)
        finally:
            os.close(handle)

    def start(self) -> None:
        """Record the engine, start it, and seal the record once it answers; raises `EngineFailed` or `OSError`."""
        self._write_lock(os.getpid())
        self._write_record(pid=0, ready=False)
        keeper = os.getpid()

        def tied() -> None:
            os.nice(self.job["nice"])
            # The kernel kills the engine when this process ends in any way.
            if sys.platform == "linux":
                ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
                if os.getppid() != keeper:
                    os._exit(1)

        with open(self.job["log"], "wb") as log:
            self.java = subprocess.Popen(
                self.job["command"],
                cwd=self.job["folder"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(self._lock,),
                # No thread runs here, so nothing can hold a lock that the child would wait for.
                preexec_fn=tied,  # noqa: PLW1509
            )
        self._write_lock(os.getpid(), self.java.pid)
        last = time.monotonic() + _START_SECONDS
        while not answers(self.job["record"]["port"]):
            if self.ending:
                raise EngineFailed("it was ended while it started")
            if self.java.poll() is not None:
                raise EngineFailed(_last_line(self.job["log"]) or f"it ended at once, exit {self.java.returncode}")
            if time.monotonic() > last:
                raise EngineFailed(f"it did not answer within {_START_SECONDS:g} s")
            self._rest(0.05)
        self._write_record(pid=self.java.pid, ready=True)

    def keep(self) -> None:
        """Wait until the engine ends, is to be ended, or was not used for long."""
        assert self.java is not None
        minutes = float(self.job["idle_minutes"])
        while self.java.poll() is None and not self.ending:
            self._rest(min(15.0, minutes * 20))
            try:
                idle = time.time() - os.stat(self.job["state"]).st_mtime
            except OSError:
                # Its home was deleted: nobody can find the engine any more.
                return
            if idle > minutes * 60:
                return

    def _rest(self, seconds: float) -> None:
        """Sleep until a signal comes, at most so long."""
        select.select([self._wakes], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wakes, 64):
                pass

    def end(self) -> None:
        """End the engine and take its record away."""
        if self.java is not None and self.java.poll() is None:
            self.java.terminate()
            try:
                self.java.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self.java.kill()
                self.java.wait()
        with contextlib.suppress(OSError, ValueError):
            with open(self.job["state"], encoding="utf-8") as stream:
                own = json.loads(stream.read(_MOST_RECORD))["keeper"] == os.getpid()
            if own:
                os.unlink(self.job["state"])


def _last_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""


def _reply(text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(1, f"{text}\n".encode())


def main() -> NoReturn:
    """Read a job from standard input, reply in one line, and keep the engine."""
    try:
        job = json.load(sys.stdin)
    except ValueError:
        # Whoever asked for an engine was killed before it could say which.
        sys.exit(1)
    try:
        keeper = Keeper(job)
    except (EngineFailed, OSError) as problem:
        _reply(f"failed {problem}")
        sys.exit(1)
    try:
        keeper.start()
    except (EngineFailed, OSError) as problem:
        keeper.end()
        _reply(f"failed {problem}")
        sys.exit(1)
    _reply("ready")
    # From now on others may look for the engine; the record says all.
    os.close(job["start_lock"])
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    keeper.keep()
    keeper.end()
    sys.exit(0)


if __name__ == "__main__":
    main()

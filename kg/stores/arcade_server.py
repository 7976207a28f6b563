"""The embedded engine: ArcadeDB as a local server process, started, found again and stopped."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import StoreError, StoreUnavailable
from kg.release.release import Release
from kg.stores.bolt import Address
from kg.stores.revision import LOAD_REVISION

DATABASE = "galenic"
# How often, at most, a server in use is noted as such.
_NOTED_SECONDS = 5.0
_LOG = logging.getLogger(__name__)
_NOBODY: dict[str, Any] = {"resultSetLimit": -1, "readTimeout": -1, "access": [], "types": {"*": {"access": []}}}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that this home folder started: what server.json says."""

    pid: int
    port: int
    http_port: int
    release: str
    reader: str
    loader: str

    def address(self) -> Address:
        """How a reader reaches it."""
        return Address(f"bolt://127.0.0.1:{self.port}", "reader", self.reader, DATABASE)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server runs: heap, the limit of one query, minutes until an idle one ends, a fixed port or None."""

    heap: str = "2g"
    query_seconds: float = 10.0
    idle_minutes: float = 30.0
    port: int | None = None


def package() -> Path:
    """Where the engine's package lies, found without importing it (that would start a Java machine)."""
    spec = importlib.util.find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise StoreUnavailable("the package arcadedb-embedded is not installed; run `make setup`")
    return Path(spec.origin).parent


def java() -> Path:
    """The Java that the engine's package brings."""
    return package() / "jre" / "bin" / "java"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _stored_password(password: str) -> str:
    """ArcadeDB's stored form; the salt is used as its base64 text, not decoded."""
    salt = base64.b64encode(secrets.token_bytes(32)).decode()
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 65536)
    return f"PBKDF2WithHmacSHA256$65536${salt}${base64.b64encode(digest).decode()}"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return sys.platform != "linux"
    except OSError:
        return False


class ArcadeServer:
    """The server of one home folder. `root` holds one database folder a release and server.json."""

    def __init__(self, root: Path, settings: ServerSettings | None = None) -> None:
        self.root = root
        self.settings = settings or ServerSettings()
        self._state = root / "server.json"
        self._noted = 0.0

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

    def load(self, release: Release, heap: str = "2g") -> None:
        """Build the graph of a release beside the one that serves; nothing is left of a load that fails."""
        place = self.folder(release.id)
        if self.loaded(release.id):
            return
        if place.exists():
            # Rows have changed since it was loaded: nobody may go on reading it.
            self.stop()
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
        (work / "loaded.json").write_text(json.dumps({"release": release.id, "revision": LOAD_REVISION}), "utf-8")
        work.rename(place)

    def prune(self, keep: Collection[str]) -> None:
        """Remove the graphs of releases that are not to be kept."""
        kept = {self.folder(release) for release in keep}
        for folder in self.root.iterdir():
            if folder.is_dir() and folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def running(self) -> Running | None:
        """The server that answers now, or None."""
        try:
            found = Running(**json.loads(self._state.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if _alive(found.pid) and _answers(found.port) else None

    def ensure(self, release_id: str) -> Running:
        """The running server of this release, started if need be; raises `StoreUnavailable` when it cannot."""
        if not self.loaded(release_id):
            raise StoreUnavailable(f"the graph of release {release_id[:19]} is not built; run `galenic build`")
        with self._lock():
            found = self.running()
            if found and found.release != release_id:
                self._stop(found)
                found = None
            if found is None:
                found = self._start(release_id)
        self._state.touch()
        return found

    def used(self) -> None:
        """Note that the server is in use, so that it does not end as idle; cheap enough for every read."""
        now = time.monotonic()
        if now - self._noted >= min(_NOTED_SECONDS, self.settings.idle_minutes * 15):
            self._noted = now
            with contextlib.suppress(OSError):
                os.utime(self._state)

    def stop(self) -> bool:
        """End the server; whether there was one."""
        with self._lock():
            found = self.running()
            if found:
                self._stop(found)
            self._state.unlink(missing_ok=True)
        return found is not None

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "server.lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _stop(self, server: Running) -> None:
        os.kill(server.pid, signal.SIGTERM)
        for _ in range(300):
            if not _alive(server.pid):
                return
            time.sleep(0.05)
        _LOG.warning("graph server %d did not end in 15 s and is killed", server.pid)
        os.kill(server.pid, signal.SIGKILL)

    def _start(self, release_id: str) -> Running:
        if self.settings.port is not None and _taken(self.settings.port):
            raise StoreUnavailable(
                f"port {self.settings.port} is taken; set GALENIC_GRAPH_PORT to a free one or unset it for a random one"
            )
        problem = ""
        for _ in range(3):
            port, http_port = self.settings.port or _free_port(), _free_port()
            reader, loader = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
            folder = self.folder(release_id)
            self._accounts(folder, reader, loader)
            process = self._launch(folder, port, http_port)
            if _wait(process, port):
                _let_go(process)
                running = Running(process.pid, port, http_port, release_id, reader, loader)
                self._remember(running)
                return running
            problem = _last_line(folder / "server.out")
            if process.poll() is None:
                process.kill()
        raise StoreUnavailable(
            f"the graph server did not start ({problem}); see {self.folder(release_id) / 'server.out'}"
        )

    def _remember(self, running: Running) -> None:
        handle = os.open(self._state, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(running), stream)
        watch = Path(__file__).with_name("idle_watch.py")
        command = [
            sys.executable,
            "-I",
            "-S",
            str(watch),
            str(running.pid),
            str(self._state),
            str(self.settings.idle_minutes),
        ]
        quiet = subprocess.DEVNULL
        _let_go(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, cwd="/"))

    def _accounts(self, folder: Path, reader: str, loader: str) -> None:
        """Two accounts, written before the start so that no password stands on a command line."""
        config = folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        users = [
            {"name": "root", "databases": {"*": ["admin"]}, "password": _stored_password(loader)},
            {"name": "reader", "databases": {DATABASE: ["reader"]}, "password": _stored_password(reader)},
        ]
        handle = os.open(config / "server-users.jsonl", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(user) + "\n" for user in users)
        rights = ["createRecord", "readRecord", "updateRecord", "deleteRecord"]
        admin = {
            **_NOBODY,
            "access": ["updateSecurity", "updateSchema", "updateDatabaseSettings"],
            "types": {"*": {"access": rights}},
        }
        read = {
            **_NOBODY,
            "readTimeout": int(self.settings.query_seconds * 1000),
            "types": {"*": {"access": ["readRecord"]}},
        }
        groups: Mapping[str, Any] = {
            "version": 2,
            "databases": {
                "*": {"groups": {"admin": admin, "*": _NOBODY}},
                DATABASE: {"groups": {"admin": admin, "reader": read, "*": _NOBODY}},
            },
        }
        (config / "server-groups.json").write_text(json.dumps(groups), "utf-8")

    def _launch(self, folder: Path, port: int, http_port: int) -> subprocess.Popen[bytes]:
        settings = {
            "server.rootPath": folder,
            "server.mode": "development",
            "txWalFlush": 1,
            "server.logsDirectory": folder / "log",
            "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt.host": "127.0.0.1",
            "bolt.port": port,
            "bolt.defaultDatabase": DATABASE,
            "server.httpIncomingHost": "127.0.0.1",
            "server.httpIncomingPort": http_port,
            "server.httpWorkerThreads": 2,
            "opencypher.loadCsv.allowFileUrls": "false",
            "opencypher.loadCsv.allowRemoteUrls": "false",
            "command.timeout": int(self.settings.query_seconds * 1000),
        }
        command = [
            java(),
            f"-Xmx{self.settings.heap}",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TieredStopAtLevel=4",
            "-Xshare:auto",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djava.awt.headless=true",
            "-Dfile.encoding=UTF8",
            "-Dpolyglot.engine.WarnInterpreterOnly=false",
            *[f"-Darcadedb.{k}={v}" for k, v in settings.items()],
            "-cp",
            package() / "jars" / "*",
            "com.arcadedb.server.ArcadeDBServer",
        ]
        with (folder / "server.out").open("wb") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Mark a process as done with: it lives on for the next command, and Python must not complain that nobody waits for
    it.
    """
    process.returncode = 0


def _answers(port: int) -> bool:
    """Whether something speaks Bolt there: the handshake alone, far cheaper than a driver."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as link:
            link.sendall(b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x04" + b"\x00" * 12)
            return len(link.recv(4)) == 4
    except OSError:
        return False


def _wait(process: subprocess.Popen[bytes], port: int, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        if _answers(port):
            return True
        time.sleep(0.05)
    return False


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""

"""A real Neo4j Community from Maven Central's jars, on Java 17: fetched once, kept in the user's cache."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from kg.stores.bolt import Address

HERE = Path(__file__).resolve().parent
VERSION = "5.26.18"
PASSWORD = "only-for-tests"


class NoNeo4j(Exception):
    """Neo4j cannot be had on this machine; says why."""


def jars() -> Path:
    """The folder of Neo4j's jars; raises `NoNeo4j` without Java or Maven."""
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if "java" in missing:
        raise NoNeo4j("no Java 17 on the PATH (Debian: apt install openjdk-17-jdk-headless maven)")
    cache = Path(platformdirs.user_cache_dir("galenic", appauthor=False))
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"neo4j-{VERSION}"
    with (cache / "neo4j.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder
        if missing:
            raise NoNeo4j("no Maven on the PATH to fetch Neo4j with (Debian: apt install maven)")
        work = folder.with_suffix(".part")
        shutil.rmtree(work, ignore_errors=True)
        fetch = [
            "mvn",
            "-q",
            "-B",
            "-f",
            str(HERE / "pom.xml"),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={work}",
            "-DincludeScope=runtime",
        ]
        done = subprocess.run(fetch, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoNeo4j(f"Maven could not fetch Neo4j: {done.stdout[-300:]}")
        work.rename(folder)
    return folder


@dataclass
class Neo4j:
    """A server of one home folder on a port of its own."""

    home: Path
    port: int = 0
    pid: int = 0

    @property
    def address(self) -> Address:
        return Address(f"bolt://127.0.0.1:{self.port}", "neo4j", PASSWORD, "neo4j")

    def admin(self, *arguments: str, folder: Path | None = None) -> str:
        """Run neo4j-admin in a folder; its output."""
        (self.home / "conf").mkdir(parents=True, exist_ok=True)
        command = ["java", "-Xmx1g", "-cp", f"{jars()}/*", "org.neo4j.cli.AdminTool", *arguments]
        environment = {**os.environ, "NEO4J_HOME": str(self.home)}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def configure(self, **lines: str | int | bool) -> Neo4j:
        """Lines of neo4j.conf, with __ for a dot, in force from the next start on."""
        (self.home / "conf").mkdir(parents=True, exist_ok=True)
        text = "".join(f"{name.replace('__', '.')}={value}\n" for name, value in lines.items())
        (self.home / "conf" / "neo4j.conf").write_text(text.replace("=True", "=true").replace("=False", "=false"))
        return self

    def start(self, *properties: str, heap: str = "1g") -> Neo4j:
        """Start it and wait until it answers; `properties` such as -DreadOnly=true."""
        if not (self.home / "data" / "dbms" / "auth.ini").exists():
            self.admin("dbms", "set-initial-password", PASSWORD)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [
            "java",
            f"-Xmx{heap}",
            *properties,
            "-cp",
            f"{jars()}/*",
            str(HERE / "Neo4jServer.java"),
            str(self.home),
            str(self.port),
        ]
        with (self.home / "server.out").open("ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.pid = process.pid
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            if self._answers():
                process.returncode = 0
                return self
            time.sleep(0.2)
        raise NoNeo4j(f"Neo4j did not start: {(self.home / 'server.out').read_text()[-500:]}")

    def _answers(self) -> bool:
        from neo4j import GraphDatabase
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                pass
            with GraphDatabase.driver(
                self.address.uri, auth=("neo4j", PASSWORD), max_transaction_retry_time=1
            ) as driver:
                driver.execute_query("RETURN 1", database_="neo4j")
        except (DriverError, Neo4jError, OSError):
            return False
        return True

    def kill(self) -> None:
        """End it at once, as a loss of power would."""
        self.stop(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait until it has ended."""
        try:
            os.kill(self.pid, how)
            while True:
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        for _ in range(300):
            if not Path(f"/proc/{self.pid}").exists():
                return
            time.sleep(0.1)

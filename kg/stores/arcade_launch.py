"""How the embedded engine is started: its Java, its accounts and rights, its command line."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import StoreUnavailable

DATABASE = "galenic"
_NOBODY: dict[str, Any] = {"resultSetLimit": -1, "readTimeout": -1, "access": [], "types": {"*": {"access": []}}}


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How an engine runs: heap, the limit of one query, minutes until an idle one ends, a fixed port or None, and how
    far it lets other processes go first.
    """

    heap: str = "2g"
    query_seconds: float = 10.0
    idle_minutes: float = 30.0
    port: int | None = None
    nice: int = 0


def package() -> Path:
    """Where the engine's package lies, found without importing it (that would start a Java machine)."""
    spec = importlib.util.find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise StoreUnavailable("the package arcadedb-embedded is not installed; run `make setup`")
    return Path(spec.origin).parent


def java() -> Path:
    """The Java that the engine's package brings."""
    return package() / "jre" / "bin" / "java"


def _stored_password(password: str) -> str:
    """ArcadeDB's stored form; the salt is used as its base64 text, not decoded."""
    salt = base64.b64encode(secrets.token_bytes(32)).decode()
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 65536)
    return f"PBKDF2WithHmacSHA256$65536${salt}${base64.b64encode(digest).decode()}"


def accounts(place: Path, settings: ServerSettings, reader: str, loader: str) -> None:
    """Two accounts, written before the start so that no password stands on a command line."""
    # The engine keeps a log of every start.
    shutil.rmtree(place / "log", ignore_errors=True)
    config = place / "config"
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
        "readTimeout": int(settings.query_seconds * 1000),
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


def command(place: Path, databases: Path, settings: ServerSettings, ports: tuple[int, int]) -> list[str]:
    """The command that serves databases, which are only read; `ports` are those of Bolt and HTTP, both on loopback."""
    properties = {
        "server.rootPath": place,
        "server.mode": "development",
        "txWalFlush": 1,
        # Nothing of a release's graph changes, and two engines may read it at once.
        "server.databaseDirectory": databases,
        "server.defaultDatabaseMode": "READ_ONLY",
        "server.logsDirectory": place / "log",
        "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "bolt.host": "127.0.0.1",
        "bolt.port": ports[0],
        "bolt.defaultDatabase": DATABASE,
        "server.httpIncomingHost": "127.0.0.1",
        "server.httpIncomingPort": ports[1],
        "server.httpWorkerThreads": 2,
        "opencypher.loadCsv.allowFileUrls": "false",
        "opencypher.loadCsv.allowRemoteUrls": "false",
        "command.timeout": int(settings.query_seconds * 1000),
    }
    words = [
        java(),
        f"-Xmx{settings.heap}",
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
        *[f"-Darcadedb.{k}={v}" for k, v in properties.items()],
        "-cp",
        package() / "jars" / "*",
        "com.arcadedb.server.ArcadeDBServer",
    ]
    return [str(part) for part in words]

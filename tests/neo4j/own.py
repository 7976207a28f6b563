"""A Neo4j that a test may empty, kill and start again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase

from kg.errors import GraphError
from kg.release.release import Release
from kg.stores.bolt import BoltStore
from kg.stores.neo4j_load import Neo4jLoader
from kg.stores.rows import facts
from tests.neo4j.server import Neo4j

COUNT = "MATCH (n:Entity) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n) AS nodes, count(r) AS edges"


class Own(Neo4j):
    """A server whose database a test may empty, kill and start again."""

    def up(self) -> Own:
        if not self.pid or not Path(f"/proc/{self.pid}").exists():
            self.start(heap="512m")
        return self

    def query(self, cypher: str, **more: Any) -> list[dict[str, Any]]:
        with GraphDatabase.driver(self.address.uri, auth=(self.address.user, self.address.password)) as driver:
            return [r.data() for r in driver.execute_query(cypher, **more).records]  # type: ignore[arg-type]

    def serves(self, release: Release) -> None:
        """Assert that a reader finds this release whole, and nothing else."""
        with BoltStore(self.address) as store:
            store.require(release.id)
            counted = store.run(COUNT, {})[0]
        assert (counted["nodes"], counted["edges"]) == (facts(release)["nodes"], facts(release)["edges"])
        (stamp,) = self.query("MATCH (r:Release) RETURN properties(r) AS p, r.epoch % 2 AS odd")
        assert stamp["odd"] == 0 and {**stamp["p"], **facts(release)} == stamp["p"]
        assert self.query("MATCH (n) WHERE n:Staged OR n:Retired OR n:Loading RETURN count(n) AS n") == [{"n": 0}]

    def speaks_tls(self) -> Own:
        """Let it speak TLS too, with a certificate for another name that it signed itself."""
        place = self.home / "certificates" / "bolt"
        place.mkdir(parents=True)
        names = [
            "-subj",
            "/CN=another.example",
            "-keyout",
            str(place / "private.key"),
            "-out",
            str(place / "public.crt"),
        ]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names],
            check=True,
            capture_output=True,
        )
        files = {
            "base_directory": "certificates/bolt",
            "private_key": "private.key",
            "public_certificate": "public.crt",
            "client_auth": "NONE",
            "enabled": True,
        }
        self.configure(
            server__bolt__tls_level="OPTIONAL",
            **{f"dbms__ssl__policy__bolt__{name}": value for name, value in files.items()},
        )
        return self


def load(server: Own, release: Release, **more: Any) -> Neo4jLoader:
    with Neo4jLoader(server.address, **more) as loader:
        loader.stage(release)
        loader.publish(release)
    return loader


def one_line(raised: pytest.ExceptionInfo[GraphError]) -> str:
    message = str(raised.value)
    assert "\n" not in message and "Traceback" not in message and len(message) < 400
    return message

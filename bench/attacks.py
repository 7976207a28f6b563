"""Figures of how home and service hold under attack: interruptions, runaway queries, killed engines, wide replies."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.measure import Figure
from galenic.house import SAMPLE, House
from galenic.settings import Settings
from ingest.build import Plan
from kg.cypher.safe import SafeCypher
from kg.errors import GraphError, QueryRefused
from tests.kg.one_row import LONG

_SEED = 7
_ASKED = "What drugs treat gout?"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
# What is interrupted, and within how many seconds.
_ACTIONS: tuple[tuple[str, tuple[str, ...], float, bool], ...] = (
    ("start", ("ask", _ASKED), 3.5, True),
    ("ask", ("ask", _ASKED), 2.0, False),
    ("cypher", ("cypher", "MATCH (d:Drug) RETURN count(d) AS n"), 3.5, False),
    ("build", ("build", "--force"), 15.0, False),
)
_QUESTIONS = (
    _ASKED,
    "What drugs treat asthma?",
    "Which genes are associated with gout?",
    "Does allopurinol treat gout?",
    "Which drug treats the most diseases?",
    "How many drugs treat hypertension?",
    "Which drugs bind genes associated with gout?",
    "Does colchicine treat asthma?",
)
_WIDE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/cypher", {"query": "MATCH (n:Entity) RETURN n.id + $t AS t LIMIT 60000", "parameters": {"t": "x" * 7800}}),
    ("/cypher", {"query": "MATCH (n:Gene) RETURN n", "rows": 100_000}),
    ("/cypher", {"query": "MATCH (a:Gene)-[r:INTERACTS]->(b:Gene) RETURN a, r, b", "rows": 100_000}),
    ("/ask", {"question": "Which genes are expressed in the liver?"}),
    ("/ask", {"question": "Which drugs cause nausea?"}),
    ("/search", {"query": "gene disease drug treatment", "top": 200}),
)


def command(home: Path, *words: str) -> subprocess.Popen[str]:
    """A command of Galenic's on a home."""
    line = [str(Path(sys.executable).with_name("galenic")), *words]
    environment = {**os.environ, "GALENIC_HOME": str(home), "GALENIC_IDLE_MINUTES": "5"}
    quiet = subprocess.PIPE
    return subprocess.Popen(line, env=environment, stdout=quiet, stderr=quiet, text=True, cwd=home.parent)


def interruptions(work: Path, times: int) -> Iterator[Figure]:
    """Interrupt commands on a home of their own at random moments, and ask after each."""
    home = work / "interrupted"
    House(Settings(home=home)).build(Plan(SAMPLE))
    drawn, answered, tracebacks = random.Random(_SEED), 0, 0
    for number in range(times):
        name, words, longest, from_nothing = _ACTIONS[number % len(_ACTIONS)]
        if from_nothing:
            command(home, "down").communicate()
        victim = command(home, *words)
        try:
            _, error = victim.communicate(timeout=drawn.uniform(0, longest))
        except subprocess.TimeoutExpired:
            victim.send_signal(drawn.choice(_SIGNALS))
            _, error = victim.communicate()
        after = command(home, "ask", _ASKED)
        told, wrong = after.communicate()
        holds = after.returncode == 0 and "9 drugs" in told
        answered += holds
        tracebacks += "Traceback" in error + wrong
        if not holds:
            print(f"  after {name}: {(told + wrong).strip()[-200:]}", flush=True)
    command(home, "down").communicate()
    yield Figure("interruptions that leave a home which answers", answered, f"of {times}", times, True)
    yield Figure("interruptions that print a traceback", tracebacks, f"of {times}", 0)


def runaways(home: Path, most: int) -> Iterator[Figure]:
    """Queries that work on within one row: refused by the gate, and ended with their engine where they are not."""
    house = House(Settings(home=home, query_seconds=2))
    refused = 0
    for query, parameters in LONG:
        try:
            SafeCypher(house.cypher_store, house.sizes).run(query, parameters)
        except QueryRefused:
            refused += 1
        except GraphError:
            continue
    yield Figure("long work in one row that the gate refuses", refused, f"of {len(LONG)}", len(LONG), True)
    # Past the gate, as a query would be that it does not know.
    late, slowest = 0, 0.0
    drawn = random.Random(_SEED).sample(LONG, min(most, len(LONG)))
    for query, parameters in drawn:
        store = house.cypher_store
        store.require(house.release.id)
        pid = next(r.pid for r in house.server.cypher.all_running())
        began = time.monotonic()
        with suppress(GraphError):
            store.run(query, parameters)
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(max(0.0, 4.0 - (time.monotonic() - began)))
        late += _works(pid)
    house.close()
    yield Figure("queries past the gate that go on 2 s after their limit", late, f"of {len(drawn)}", 0)
    yield Figure("longest wait for the end of a query of 2 s", slowest, "s", 4)


def _works(pid: int) -> bool:
    """Whether a process uses a processor now."""

    def used() -> float:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    time.sleep(0.5)
    return used() - before > 0.25


@dataclass
class Client:
    """Asks a server; replies by what they are."""

    url: str
    right: Mapping[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    right_at: list[float] = field(default_factory=list)

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and reply."""
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"content-type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.load(problem)
        except OSError:
            return 0, None

    def ask(self, question: str) -> None:
        """Ask, and count a right answer, a failure that says so, or anything else."""
        status, reply = self.post("/ask", {"question": question})
        kind = "right" if status == 200 and reply["results"] == self.right[question] else "wrong"
        if status in (503, 504) and (reply.get("error") or reply.get("message")):
            kind = "failed"
        if kind == "right":
            self.right_at.append(time.monotonic())
        self.counts[kind] = self.counts.get(kind, 0) + 1


@contextmanager
def serving(home: Path) -> Iterator[tuple[Client, int]]:
    """A server on a home, its client and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = command(home, "serve", "--port", str(port))
    client = Client(f"http://127.0.0.1:{port}")
    try:
        while client.post("/ask", {"question": _ASKED})[0] != 200 and process.poll() is None:
            time.sleep(0.3)
        yield client, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=60)


def askers(home: Path, seconds: float) -> Iterator[Figure]:
    """Fifty askers while the engine is killed twice."""
    with serving(home) as (client, _):
        client.right = {q: client.post("/ask", {"question": q})[1]["results"] for q in _QUESTIONS}
        over = threading.Event()

        def asks(number: int) -> None:
            for question in itertools.islice(itertools.cycle(_QUESTIONS), number, None):
                if over.is_set():
                    return
                client.ask(question)

        kills = []
        with ThreadPoolExecutor(50) as pool:
            for number in range(50):
                pool.submit(asks, number)
            for _ in range(2):
                time.sleep(seconds / 3)
                kills.append(time.monotonic())
                os.kill(json.loads((home / "graph" / "server.json").read_text())["pid"], signal.SIGKILL)
            time.sleep(seconds / 3)
            over.set()
    times = sorted(client.right_at)
    gaps = [(later - earlier, later) for earlier, later in itertools.pairwise(times)]
    recovery = [max((gap for gap, at in gaps if kill < at < kill + seconds / 3), default=seconds) for kill in kills]
    said = f"{client.counts.get('right', 0):,} right, {client.counts.get('failed', 0):,} told that the graph was away"
    yield Figure(
        "50 askers, engine killed twice: wrong or half answers", client.counts.get("wrong", 0), "", 0, note=said
    )
    yield Figure("50 askers, longest time without a right answer after a kill", max(recovery), "s", 8)


def memory(home: Path) -> Iterator[Figure]:
    """The widest requests at once."""
    with serving(home) as (client, pid):
        with ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(lambda n: client.post(*_WIDE[n % len(_WIDE)])[0], range(20)))
        peak = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) / 1e6
    said = ", ".join(f"{replies.count(code)} times {code}" for code in sorted(set(replies)))
    yield Figure("serve, peak memory under the widest 20 requests at once", peak, "GB", 1, note=said)


def schema_cases(home: Path, tool: Sequence[str]) -> Iterator[Figure]:
    """Requests made from the API's own schema by schemathesis; `tool` is how it is run."""
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
    with serving(home) as (client, _):
        words = [*tool, "run", f"{client.url}/openapi.json", "--max-examples", "400", "--checks", checks]
        told = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    generated = re.search(r"([\d,]+) generated", told)
    failing = re.search(r"([\d,]+) (?:unique failures?|failed|found)", told)
    if generated is None:
        raise RuntimeError(f"schemathesis did not run: {told.strip()[-300:]}")
    number = int(generated[1].replace(",", ""))
    yield Figure(
        "requests by schema: undocumented statuses, 5xx, other shapes",
        int(failing[1].replace(",", "")) if failing else 0,
        f"of {number:,}",
        0,
    )


def attacks(home: Path, work: Path, times: int = 200, seconds: float = 120) -> Iterator[Figure]:
    """All of it; `home` holds the data's release."""
    yield from interruptions(work, times)
    yield from runaways(home, 20)
    yield from askers(home, seconds)
    yield from memory(home)
    uv = str(Path(sys.executable).with_name("uv"))
    yield from schema_cases(home, (uv, "tool", "run", "schemathesis==4.32.5"))

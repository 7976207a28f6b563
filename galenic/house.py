"""The house: the only place that opens stores, indexes and models from settings."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from galenic.errors import UsageError
from galenic.outside import keep_inside, require_inside
from galenic.privacy import private, secure
from galenic.settings import Settings
from kg.errors import GraphError, ReleaseError
from kg.release.release import Release, Shelf, short
from kg.release.seals import damage, is_sealed, seal
from llm.cascade import Cascade

if TYPE_CHECKING:
    from galenic.encoders import Encoders
    from galenic.questions.linking import QuestionLinker
    from galenic.questions.pipeline import Models, Pipeline
    from ingest.build import Built, Plan
    from ingest.literature.reading import Reading
    from kg.cypher.sizes import Sizes
    from kg.stores.arcade_server import ArcadeServer, Purpose
    from kg.stores.bolt import Address, BoltStore
    from kg.stores.lasting import LastingStore
    from kg.topology.lineage import Lineage
    from kg.topology.topology import Topology
    from llm.chat.talk import Talk
    from ontologies.names.linker import NameLinker
    from retrieval.embedder import OnnxEncoder
    from retrieval.passages import PassageIndex

Progress = Callable[[str, str], None]
SAMPLE = Path(__file__).resolve().parent.parent / "sample"
_KEPT_RELEASES = 2


@dataclass(frozen=True, slots=True)
class Made:
    """What a whole build gave: the release, seconds by step, sources without files, facts of the passage index."""

    release: Release
    changed: bool
    seconds: Mapping[str, float]
    absent: tuple[str, ...]
    passages: Mapping[str, str | int]


class House:
    """Everything that one home folder holds, opened on first use.

    >>> House(Settings(home=Path("/nowhere"))).shelf.names()
    []
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.home
        if settings.offline:
            keep_inside()

    @property
    def shelf(self) -> Shelf:
        """The releases."""
        return Shelf(self.home / "releases")

    @cached_property
    def release(self) -> Release:
        """The release that serves; raises `ReleaseError` when there is none."""
        return self.shelf.current()

    def index_folder(self, release: Release) -> Path:
        """Where the indexes of a release lie."""
        return self.home / "indexes" / short(release.id)

    def _whole(self, index: str) -> Path:
        """The folder of an index of the release that serves; raises `ReleaseError` for a damaged one."""
        folder = self.index_folder(self.release) / index
        if folder.is_dir() and (wrong := damage(folder)):
            raise ReleaseError(f"the index of {index} is damaged: {wrong}; run `galenic build` to make it again")
        return folder

    @cached_property
    def linker(self) -> NameLinker:
        """Names of the release that serves."""
        from ontologies.names.linker import NameLinker

        linker = NameLinker(self._whole("names"))
        self.release.refuse_other("index of names", linker.release)
        return linker

    @cached_property
    def server(self) -> ArcadeServer:
        """The embedded engine."""
        from kg.stores.arcade_launch import ServerSettings
        from kg.stores.arcade_server import ArcadeServer

        s = self.settings
        settings = ServerSettings(s.graph_heap, s.query_seconds, s.idle_minutes, s.graph_port)
        return ArcadeServer(self.home / "graph", settings, s.cypher_heap)

    @cached_property
    def store(self) -> LastingStore:
        """The graph of the release that serves, for questions; connected again when its engine went away."""
        return self._lasting("server")

    @cached_property
    def cypher_store(self) -> LastingStore:
        """The same for Cypher that a person or a model wrote: no question waits for what its engine is busy with."""
        return self._lasting("cypher")

    @cached_property
    def sizes(self) -> Sizes:
        """How much of what the release that serves holds."""
        from kg.cypher.sizes import Sizes

        return Sizes.of(self.release)

    def _lasting(self, purpose: Purpose) -> LastingStore:
        from kg.stores.lasting import LastingStore

        if self.settings.graph:
            return LastingStore(lambda ended: self.connect(purpose, ended))
        engines = self.server.engine(purpose)
        return LastingStore(lambda ended: self.connect(purpose, ended), lambda: engines.used(self.release.id))

    def connect(self, purpose: Purpose = "server", ended: Callable[[], None] = lambda: None) -> BoltStore:
        """A reader's connection to the graph of the release that serves; starts the embedded engine if need be.

        An engine that goes on with a query for which its limit is over is ended, and `ended` called before.
        """
        from kg.stores.bolt import BoltStore

        if self.settings.graph:
            store = BoltStore(self._address(), self.settings.query_seconds)
        else:
            with private(self.settings.shared):
                engine, running = self.server.engine(purpose), self.server.ensure(self.release.id, purpose)

            def overrun() -> None:
                ended()
                engine.replace(running)

            store = BoltStore(running.address(), self.settings.query_seconds, overrun, purpose == "cypher")
        try:
            store.require(self.release.id)
        except GraphError:
            store.close()
            raise
        return store

    def _address(self) -> Address:
        from kg.stores.bolt import Address

        s = self.settings
        if s.offline:
            require_inside("graph", str(s.graph), "unset graph to use the embedded engine, or unset offline")
        return Address(str(s.graph), s.graph_user, s.graph_password, s.graph_database)

    @cached_property
    def topology(self) -> Topology:
        """The edges of the release that serves, as arrays."""
        from kg.topology.topology import Topology

        return Topology.open(self._whole("topology"), self.release)

    @cached_property
    def lineage(self) -> Lineage:
        """What the terms of the release that serves stand for."""
        from kg.topology.lineage import Lineage

        return Lineage(self.topology)

    @cached_property
    def encoders(self) -> Encoders:
        """What can embed texts, and what does in this home."""
        from galenic.encoders import Encoders

        return Encoders(self.settings)

    @cached_property
    def encoder(self) -> OnnxEncoder:
        """What embeds questions."""
        return self.encoders.open()

    @cached_property
    def passages(self) -> PassageIndex:
        """The passage index of the release that serves."""
        from retrieval.passages import PassageIndex

        return PassageIndex(self._whole("passages"), self.release, self.encoder)

    @cached_property
    def question_linker(self) -> QuestionLinker:
        """Finds the names in a question."""
        from galenic.questions.linking import QuestionLinker

        return QuestionLinker(self.linker)

    @cached_property
    def pipeline(self) -> Pipeline:
        """Answers questions on the release that serves."""
        from galenic.questions.pipeline import Pipeline

        return Pipeline(
            self.release,
            self.question_linker,
            self.models,
            lambda: self.store,
            lambda: self.passages,
            lambda: self.lineage,
            self.settings.query_seconds,
        )

    @cached_property
    def rules(self) -> Cascade:
        """What reads questions by rules about English."""
        from llm.patterns.parser import rules

        return rules()

    @cached_property
    def models(self) -> Models:
        """What reads questions, words answers, checks them, and writes Cypher where a chat model is set."""
        from galenic.checks import verifier
        from galenic.questions.drafts import Writer
        from galenic.questions.pipeline import Models
        from llm.verbatim import Verbatim

        marks, chat = self.question_linker.marks, self.chat
        writer = None if chat is None else Writer(chat, lambda: self.cypher_store, marks, lambda: self.sizes)
        readers = self.rules
        if self.settings.parser != "rules":
            from llm.models.shelf import opened

            readers = Cascade([opened(self.settings.parser_adapter, self.home / "models", readers)])
        if self.settings.parser == "chat":
            from llm.chat.parser import ChatParser

            if chat is None:
                raise UsageError('parser is "chat", and no chat_model is set; name one, or let parser be "tuned"')
            readers = Cascade([ChatParser(chat, readers)])
        return Models(readers, Verbatim(), verifier(self.settings, self.release.names_of), writer)

    @cached_property
    def chat(self) -> Talk | None:
        """The chat model of the settings, not connected yet; None where none is set."""
        from galenic.chat import connected

        return connected(self.settings)

    @cached_property
    def reading(self) -> Reading | None:
        """What reads passages in the second stage of a build; None while there is no model for it."""
        return None

    def close(self) -> None:
        """Let go of the connections to the graph; the engines go on for the next command."""
        for name in ("store", "cypher_store"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def build(self, plan: Plan, progress: Progress = lambda what, state: None, *, force: bool = False) -> Made:
        """Sources to release, graph database and indexes; only when all of it is whole does the release serve."""
        from ingest.build import build_release, lock, writing

        if self.settings.diseases_by != "DOID":
            plan = replace(plan, first={"biolink:Disease": self.settings.diseases_by})
        secure(self.home, self.settings.shared)
        with private(self.settings.shared), lock(self.home), writing(self.home):
            built = build_release(plan, self.home, progress, force=force, reading=self.reading)
            made = self._serve(built, progress)
            # Some libraries set the rights of what they write themselves.
            secure(self.home, self.settings.shared)
            return made

    def _serve(self, built: Built, progress: Progress) -> Made:
        release, seconds = built.release, dict(built.seconds)
        changed = built.changed or not self._serves(release)
        steps = (
            ("names", self._build_names),
            ("topology", self._build_topology),
            ("graph", self._build_graph),
            ("passages", self._build_passages),
        )
        facts: dict[str, str | int] = {}
        for name, step in steps:
            mark = time.perf_counter()
            folder = self.index_folder(release) / name
            if name != "graph" and damage(folder, whole=True):
                shutil.rmtree(folder, ignore_errors=True)
            facts |= step(release, progress)
            if name != "graph" and not is_sealed(folder):
                seal(folder)
            seconds[name] = time.perf_counter() - mark
        self._publish(release)
        self._prune(release)
        return Made(release, changed, seconds, built.absent, facts)

    def _serves(self, release: Release) -> bool:
        try:
            return self.shelf.current().id == release.id
        except ReleaseError:
            return False

    def _build_names(self, release: Release, progress: Progress) -> dict[str, str | int]:
        from kg.release.names import build_names
        from llm.words import COMMON
        from ontologies.errors import OntologyError
        from ontologies.names.store import NameStore

        folder = self.index_folder(release) / "names"
        try:
            if NameStore(folder).release == release.id:
                return {}
        except OntologyError:
            pass
        progress("names", "indexing")
        folder.parent.mkdir(parents=True, exist_ok=True)
        build_names(release, folder, COMMON)
        return {}

    def _build_topology(self, release: Release, progress: Progress) -> dict[str, str | int]:
        from kg.topology.build import build_topology

        progress("topology", "counting edges")
        build_topology(release, self.index_folder(release) / "topology")
        return {}

    def _build_graph(self, release: Release, progress: Progress) -> dict[str, str | int]:
        if self.settings.graph:
            from kg.stores.neo4j_load import Neo4jLoader

            def shown(done: int, total: int) -> None:
                progress("graph", f"loaded {done:,} of {total:,} rows into {self.settings.graph}")

            with Neo4jLoader(self._address(), shown) as loader:
                loaded = loader.stage(release)
            return {"graph_rows": loaded.nodes + loaded.edges}
        if not self.server.loaded(release.id) or self.server.damage(release.id, whole=True):
            progress("graph", "loading")
            self.server.load(release, self.settings.graph_heap)
        return {}

    def _publish(self, release: Release) -> None:
        """Let a release serve whose graph and indexes are whole; a graph elsewhere is switched first, in one
        transaction.
        """
        if self.settings.graph:
            from kg.stores.neo4j_load import Neo4jLoader

            with Neo4jLoader(self._address()) as loader:
                loader.publish(release)
        self.shelf.serve(release)
        self.__dict__.pop("release", None)

    def _build_passages(self, release: Release, progress: Progress) -> dict[str, str | int]:
        from retrieval import passages

        encoder = self.encoders.for_build(progress)

        def shown(done: int, total: int) -> None:
            progress("passages", f"embedded {done:,} of {total:,} new passages")

        return passages.build(release, self.index_folder(release) / "passages", self.home / "vectors", encoder, shown)

    def _prune(self, serving: Release) -> None:
        """Keep the release that serves and the one before it, whole, so that going back needs no build."""
        names = [short(serving.id), *[n for n in self.shelf.names() if n != short(serving.id)]][:_KEPT_RELEASES]
        for folder in (self.shelf.folder, self.home / "indexes"):
            for old in folder.iterdir():
                if old.is_dir() and old.name not in names:
                    shutil.rmtree(old, ignore_errors=True)
        if (self.home / "graph").is_dir():
            self.server.prune(names)

    def go_back(self, name: str) -> Release:
        """Let another release of the shelf serve; raises `ReleaseError` unless its graph and indexes are whole."""
        from ingest.build import lock

        release = self.shelf.find(name)
        indexes = self.index_folder(release)
        whole = all((indexes / name).exists() for name in ("passages/index.json", "topology/topology.json"))
        whole = whole and (bool(self.settings.graph) or self.server.loaded(release.id))
        if not whole:
            raise ReleaseError(
                f"release {short(release.id)} has no graph or indexes; build it again with `galenic build`"
            )
        with lock(self.home):
            self._build_graph(release, lambda what, state: None)
            self._publish(release)
        return release

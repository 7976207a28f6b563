"""A base with what was learnt in it: one folder of safetensors that every tool reads."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llm.causal import checkpoint
from llm.causal.folder import Folder, model_of
from llm.models.errors import DiskFull


def write(base: Folder, adapter: Path, tokenizer: Any, ends: Iterable[int], out: Path) -> Path:
    """Merge an adapter into its base; `ends` are the tokens that end a reply, which whoever serves it must know."""
    from peft import PeftModel

    model = model_of(base.path)
    with warnings.catch_warnings():
        # PEFT asks for a property that transformers renamed, and warns of weights that lie the other way round.
        warnings.simplefilter("ignore")
        model = PeftModel.from_pretrained(model, adapter, local_files_only=True).merge_and_unload()
    model.generation_config.eos_token_id = sorted({int(tokenizer.eos_token_id), *ends})
    # What a base samples by is not known to suit what was learnt; some combinations cannot be saved.
    model.generation_config.do_sample = False
    model.generation_config.temperature = model.generation_config.top_p = model.generation_config.top_k = None
    try:
        model.save_pretrained(out)
        tokenizer.save_pretrained(out)
    except Exception as problem:  # safetensors wraps the system's error into one of its own.
        if not checkpoint.is_full(problem):
            raise
        raise DiskFull(checkpoint.full(out, 1)) from problem
    return out

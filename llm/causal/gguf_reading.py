"""A GGUF that somebody gives: looked at before it is loaded, and read back into weights."""

from __future__ import annotations

import os
import shutil
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from kg.release.seals import damage, seal
from llm.models.errors import BaseUnfit

_MAGIC = b"GGUF"


def opened(file: Path) -> Any:
    """A reader of a whole GGUF of a model; raises `BaseUnfit` for a truncated one, another file, or an adapter."""
    from gguf import GGUFReader

    try:
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as problem:
        raise BaseUnfit(f"{file} cannot be read ({problem.strerror})") from problem
    if magic != _MAGIC:
        raise BaseUnfit(f"{file} is no GGUF file")
    try:
        reader: Any = GGUFReader(file)
        # Tensors are mapped, not read: one that ends behind the file has come out short.
        for tensor in reader.tensors:
            if tensor.data.nbytes != tensor.n_bytes or tensor.data_offset + tensor.n_bytes > file.stat().st_size:
                raise ValueError(f"{tensor.name} is cut off")
    except (ValueError, KeyError, IndexError, OverflowError, MemoryError) as problem:
        raise BaseUnfit(f"{file} is truncated or damaged ({problem}); take it anew from where it came") from problem
    if told(reader, "general.type") == "adapter":
        raise BaseUnfit(f"{file} is an adapter and no whole model; merge it into its base first")
    return reader


def told(reader: Any, key: str) -> Any:
    """What a GGUF tells under a key; None where it does not."""
    field = reader.get_field(key)
    return None if field is None else field.contents()


def model_in(file: Path, config: Any = None, dtype: Any = "auto") -> Any:
    """The model of a GGUF; `config` says what the file cannot, such as how positions are stretched."""
    from transformers import AutoModelForCausalLM

    more = {} if config is None else {"config": config}
    # The bar of the unpacking itself cannot be switched off.
    with redirect_stderr(StringIO()):
        return AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=dtype, **more)


def unpacked(file: Path, folder: Path, architectures: tuple[str, ...]) -> Path:
    """Write a GGUF's model as safetensors into `folder` unless it is there; raises `BaseUnfit` for a foreign one."""
    from llm.models.smollm import convert

    architecture = told(opened(file), "general.architecture")
    if architecture not in architectures:
        known = " and ".join(architectures)
        raise BaseUnfit(f"{file} is of the architecture {architecture}; only GGUF of {known} is taken as a base")
    if not damage(folder):
        return folder
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        convert(file, work)
    except Exception as problem:  # Whatever the libraries below find wrong with it.
        shutil.rmtree(work, ignore_errors=True)
        raise BaseUnfit(f"{file} cannot be unpacked ({' '.join(str(problem).split())[:200]})") from problem
    seal(work)
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return folder

"""A causal language model as a folder: what must be in it, what it is, and what identifies it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kg.release.seals import file_sha256
from llm.models.errors import BaseUnfit

_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
_WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a model: its architecture, how many tokens it takes, and files that are not read."""

    path: Path
    architecture: str
    context: int
    config: dict[str, Any]
    passed_over: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> Folder:
        """Look at a folder without loading it; raises `BaseUnfit` with what is missing or not to be trusted."""
        if not path.is_dir():
            raise BaseUnfit(f"{path} is no folder; give the folder with config.json, tokenizer.json and *.safetensors")
        config = _config(path)
        pickles = tuple(sorted(p.name for p in path.iterdir() if p.suffix in _PICKLES))
        if not any(path.glob("*.safetensors")):
            instead = f"; {pickles[0]} is a pickle, which may run code and is not read" if pickles else ""
            raise BaseUnfit(f"{path} has no weights as *.safetensors{instead}")
        if not (path / "tokenizer.json").is_file():
            raise BaseUnfit(f"{path} has no tokenizer.json; save the model's fast tokenizer there")
        if "auto_map" in config:
            raise BaseUnfit(f"{path} is of an architecture that brings code of its own, which is not run")
        kind = str((config.get("architectures") or ["none"])[0])
        if kind not in _causal():
            raise BaseUnfit(f"{path} holds {kind}, which is no causal language model that transformers knows")
        context = int(config.get("max_position_embeddings") or config.get("n_positions") or 2048)
        return cls(path, str(config.get("model_type")), context, config, pickles)

    def digest(self) -> str:
        """What identifies the weights, the tokens and the configuration, whatever the folder is called."""
        files = sorted([*self.path.glob("*.safetensors"), self.path / "config.json", self.path / "tokenizer.json"])
        return sha256("".join(f"{p.name} {file_sha256(p)}\n" for p in files).encode()).hexdigest()


def _causal() -> set[str]:
    """The classes of causal models."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return set(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values())


def _config(path: Path) -> dict[str, Any]:
    try:
        read = json.loads((path / "config.json").read_text("utf-8"))
    except OSError as problem:
        raise BaseUnfit(f"{path} has no config.json that can be read ({problem.strerror})") from problem
    except ValueError as problem:
        raise BaseUnfit(f"{path / 'config.json'} is no JSON ({problem})") from problem
    if not isinstance(read, dict):
        raise BaseUnfit(f"{path / 'config.json'} is no configuration of a model")
    return read


def tokenizer_of(path: Path) -> Any:
    """The fast tokenizer of a folder, with a plain template where it has none for chats; raises `BaseUnfit`."""
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
    except Exception as problem:  # A broken tokenizer.json raises a plain Exception of the library's core.
        raise BaseUnfit(f"{path}: its tokenizer cannot be read ({_line(problem)})") from problem
    if tokenizer.eos_token_id is None:
        raise BaseUnfit(f"{path}: its tokenizer has no token for the end of a text (eos_token)")
    if tokenizer.chat_template is None:
        tokenizer.chat_template = PLAIN
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def model_of(path: Path, four_bit: bool = False, dtype: Any = "auto") -> Any:
    """The model of a folder, of safetensors alone; raises `BaseUnfit` for files that are no whole model."""
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    more = {"quantization_config": _four_bit(), "device_map": {"": 0}} if four_bit else {}
    try:
        return AutoModelForCausalLM.from_pretrained(
            path, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=dtype, **more
        )
    except BaseUnfit:
        raise
    except Exception as problem:  # Each of the libraries below has an error tree of its own.
        raise BaseUnfit(f"{path} is no whole model ({_line(problem)}); take it anew from where it came") from problem


def _four_bit() -> Any:
    import importlib.util

    import torch
    from transformers import BitsAndBytesConfig

    if not torch.cuda.is_available() or importlib.util.find_spec("bitsandbytes") is None:
        raise BaseUnfit(
            "four bits a weight (QLoRA) need a GPU of CUDA and the package bitsandbytes; leave --four-bit out"
        )
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=torch.bfloat16,
        bnb_4bit_use_double_quant=True,
    )


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200] or type(problem).__name__


# For a base model that was never taught to chat: a heading for each side, and its own end of text after a reply.
PLAIN = (
    "{% for m in messages %}{{ '### ' + m['role'] + '\\n' + m['content'] }}"
    "{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### assistant\\n' }}{% endif %}"
)

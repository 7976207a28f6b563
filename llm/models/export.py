"""A base model with an adapter as one ONNX graph of 8-bit weights: reading a question needs no torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm.models.adapter import load

Array = NDArray[Any]
_BLOCK = 32
_MS = "com.microsoft"
LONGEST = 512
GRAPH, TOKENIZER = "model.onnx", "tokenizer.json"


class _Graph:
    """Collects the nodes and weights of a graph."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self.helper, self.arrays = helper, numpy_helper
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def weight(self, name: str, array: Array) -> str:
        """A constant of the graph."""
        self.weights.append(self.arrays.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **settings: Any) -> str:
        """One operation; returns its first output."""
        self.nodes.append(self.helper.make_node(kind, inputs, outputs, outputs[0], domain=domain, **settings))
        return outputs[0]

    def linear(self, name: str, value: str, matrix: Array) -> str:
        """A product with a matrix of shape (out, in) in blocks of 8-bit numbers, each with its scale."""
        out, width = matrix.shape
        blocks = matrix.reshape(out, width // _BLOCK, _BLOCK).astype(np.float32)
        scale = np.abs(blocks).max(2) / 127
        scale[scale == 0] = 1
        coded = (np.rint(blocks / scale[:, :, None]) + 128).clip(0, 255).astype(np.uint8)
        inputs = [value, self.weight(f"{name}.weight", coded), self.weight(f"{name}.scale", scale.astype(np.float32))]
        return self.node(
            "MatMulNBits",
            inputs,
            [f"{name}.out"],
            _MS,
            K=width,
            N=out,
            bits=8,
            block_size=_BLOCK,
            accuracy_level=4,
        )


def merged(base: Path, adapter: Path) -> tuple[dict[str, Array], Array, dict[str, Any]]:
    """The weights of the base with what an adapter learnt added, the head's rows, and the base's configuration."""
    import torch
    from safetensors.torch import load_file

    config = json.loads((base / "config.json").read_text("utf-8"))
    learnt, settings = load(adapter)
    weights = {name: tensor.to(torch.float32).numpy() for name, tensor in load_file(base / "model.safetensors").items()}
    scale = settings["lora_alpha"] / settings["r"]
    for name, down in learnt.items():
        if not name.endswith("lora_A.weight"):
            continue
        up = learnt[name.replace("lora_A", "lora_B")]
        target = name.removeprefix("base_model.model.").replace(".lora_A.weight", ".weight")
        weights[target] = weights[target] + scale * (up.astype(np.float32) @ down.astype(np.float32))
    return weights, learnt["head"].astype(np.float32), config


def write(base: Path, adapter: Path, target: Path) -> None:
    """Write graph and tokenizer into a folder.

    The graph takes ids and what was read before, and gives the scores of the head's rows at the last id.
    """
    weights, head, config = merged(base, adapter)
    graph = _Graph()
    state = graph.weight("embeddings", weights["model.embed_tokens.weight"].astype(np.float16))
    state = graph.node("Gather", [state, "ids"], ["embedded"])
    state = graph.node("Cast", [state], ["state"], to=1)
    _rotations(graph, config)
    eps = config["rms_norm_eps"]
    skip, passed = state, ""
    layers = config["num_hidden_layers"]
    for layer in range(layers):
        at = f"model.layers.{layer}"
        skip, normed = _normed(graph, f"in{layer}", skip, passed, weights[f"{at}.input_layernorm.weight"], eps)
        passed = _attention(graph, layer, normed, weights, config)
        after = weights[f"{at}.post_attention_layernorm.weight"]
        skip, normed = _normed(graph, f"mid{layer}", skip, passed, after, eps)
        passed = _feed_forward(graph, layer, normed, weights)
    skip, normed = _normed(graph, "end", skip, passed, weights["model.norm.weight"], eps)
    last = graph.node("Gather", [normed, graph.weight("last", np.array([-1], np.int64))], ["last_state"], axis=1)
    rows = graph.weight("head", head.T.astype(np.float32))
    graph.node("MatMul", [last, rows], ["scores"])
    _save(graph, config, len(head), target / GRAPH)
    shutil.copy(base / TOKENIZER, target / TOKENIZER)


def _normed(graph: _Graph, name: str, skip: str, passed: str, weight: Array, eps: float) -> tuple[str, str]:
    """What runs past the layers, and the same normalised."""
    scale = graph.weight(f"{name}.scale", weight.astype(np.float32))
    if not passed:
        normed = graph.node("SimplifiedLayerNormalization", [skip, scale], [f"{name}.normed"], epsilon=eps, axis=-1)
        return skip, normed
    outputs = [f"{name}.normed", "", "", f"{name}.skip"]
    normed = graph.node("SkipSimplifiedLayerNormalization", [passed, skip, scale], outputs, _MS, epsilon=eps)
    return f"{name}.skip", normed


def _attention(graph: _Graph, layer: int, value: str, weights: dict[str, Array], config: dict[str, Any]) -> str:
    at = f"model.layers.{layer}.self_attn"
    packed = np.concatenate([weights[f"{at}.{p}_proj.weight"] for p in "qkv"])
    query = graph.linear(f"qkv{layer}", value, packed)
    attended = graph.node(
        "GroupQueryAttention",
        [query, "", "", f"past.{layer}.key", f"past.{layer}.value", "ends", "total", "cos", "sin"],
        [f"attended{layer}", f"present.{layer}.key", f"present.{layer}.value"],
        _MS,
        num_heads=config["num_attention_heads"],
        kv_num_heads=config["num_key_value_heads"],
        do_rotary=1,
    )
    return graph.linear(f"o{layer}", attended, weights[f"{at}.o_proj.weight"])


def _feed_forward(graph: _Graph, layer: int, value: str, weights: dict[str, Array]) -> str:
    at = f"model.layers.{layer}.mlp"
    gate = graph.linear(f"gate{layer}", value, weights[f"{at}.gate_proj.weight"])
    up = graph.linear(f"up{layer}", value, weights[f"{at}.up_proj.weight"])
    sigmoid = graph.node("Sigmoid", [gate], [f"sigmoid{layer}"])
    swish = graph.node("Mul", [gate, sigmoid], [f"swish{layer}"])
    both = graph.node("Mul", [swish, up], [f"both{layer}"])
    return graph.linear(f"down{layer}", both, weights[f"{at}.down_proj.weight"])


def _rotations(graph: _Graph, config: dict[str, Any]) -> None:
    """Cosines and sines of the rotary positions."""
    width = config["head_dim"]
    theta = config["rope_parameters"]["rope_theta"]
    angles = np.outer(np.arange(LONGEST), 1 / theta ** (np.arange(0, width, 2) / width))
    graph.weight("cos", np.cos(angles).astype(np.float32))
    graph.weight("sin", np.sin(angles).astype(np.float32))


def _save(graph: _Graph, config: dict[str, Any], rows: int, target: Path) -> None:
    import onnx
    from onnx import TensorProto, helper

    groups, width, layers = config["num_key_value_heads"], config["head_dim"], config["num_hidden_layers"]
    caches = [f"{layer}.{part}" for layer in range(layers) for part in ("key", "value")]
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "new"]),
        helper.make_tensor_value_info("ends", TensorProto.INT32, ["batch"]),
        helper.make_tensor_value_info("total", TensorProto.INT32, []),
        *(
            helper.make_tensor_value_info(f"past.{c}", TensorProto.FLOAT, ["batch", groups, "past", width])
            for c in caches
        ),
    ]
    outputs = [
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", 1, rows]),
        *(
            helper.make_tensor_value_info(f"present.{c}", TensorProto.FLOAT, ["batch", groups, "whole", width])
            for c in caches
        ),
    ]
    whole = helper.make_graph(graph.nodes, "parser", inputs, outputs, graph.weights)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_MS, 1)]
    onnx.save(helper.make_model(whole, opset_imports=opsets, ir_version=9), target)

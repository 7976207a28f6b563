"""An adapter of a causal model as a folder: what was learnt (safetensors, PEFT's names) and the base it is for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llm.causal.folder import Folder
from llm.models.adapter import learnt
from llm.models.errors import AdapterError

_SETTINGS, _MADE_FOR = "adapter_config.json", "made_for.json"


def save(state: Mapping[str, Any], settings: Mapping[str, Any], base: Folder, folder: Path) -> Path:
    """Write what was learnt in half precision, with PEFT's settings and the digest of its base."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    named = {name.replace(".default.", "."): t.to(torch.float16).cpu().contiguous() for name, t in state.items()}
    save_file(named, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    (folder / _SETTINGS).write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    made_for = {"base": str(base.path.resolve()), "base_sha256": base.digest()}
    (folder / _MADE_FOR).write_text(json.dumps(made_for, indent=2) + "\n", "utf-8")
    return folder


def load(folder: Path, base: Folder) -> dict[str, Any]:
    """What was learnt, by PEFT's names; raises `AdapterError` for another base, damage, or a pickle in its place."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = learnt(folder)
    try:
        made_for = json.loads((folder / _MADE_FOR).read_text("utf-8"))
        if made_for.get("base_sha256") != base.digest():
            raise AdapterError(
                f"{folder} was trained on another base ({made_for.get('base')}) than {base.path}; give that base, or "
                "train it again"
            )
        return dict(load_file(file))
    except (OSError, ValueError, AttributeError, SafetensorError) as problem:
        raise AdapterError(
            f"{folder} is no whole adapter of `galenic finetune chat` ({problem}); take it anew from where it came, or "
            "train it again"
        ) from problem

"""Where models lie: adapters in the repository or a folder of the user's, what is exported of them under the home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kg.release.seals import damage, file_sha256, seal
from llm.cascade import Cascade
from llm.models import adapter, smollm
from llm.models.calibration import Calibration
from llm.models.decoder import Decoder
from llm.models.parser import TunedParser

SHIPPED = Path(__file__).parent / "adapters" / "parser"
BASE = "smollm2-135m-instruct"


def opened(folder: Path | None, models: Path, second: Cascade) -> TunedParser:
    """The parser of an adapter, by default the shipped one, beside a second reader; `models` keeps what is exported.

    Raises `AdapterError` for an adapter that is damaged or made for other forms, `BaseMissing` without its base.
    """
    source = folder or SHIPPED
    adapter.require(source)
    return TunedParser(Decoder(exported(source, models)), Calibration.load(source), second, adapter.familiar(source))


def exported(source: Path, models: Path) -> Path:
    """The folder with the base and the adapter as one graph; made on first use, which takes half a minute."""
    from llm.models import export

    digest = file_sha256(adapter.learnt(source))[:16]
    target = models / f"parser-{digest}"
    if not damage(target):
        return target
    models.mkdir(parents=True, exist_ok=True)
    whole = smollm.unpack(models / BASE)
    work = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    export.write(whole, source, work)
    seal(work)
    shutil.rmtree(target, ignore_errors=True)
    work.rename(target)
    return target

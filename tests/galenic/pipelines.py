"""Pipelines of a house with other models in them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from galenic.house import House
from galenic.questions.drafts import Writer
from galenic.questions.pipeline import Pipeline
from llm.chat.talk import Talk


def pipeline_of(house: House, **models: Any) -> Pipeline:
    """The pipeline with some models replaced."""
    return Pipeline(
        house.release,
        house.question_linker,
        replace(house.models, **models),
        lambda: house.store,
        lambda: house.passages,
        lambda: house.lineage,
        house.settings.query_seconds,
    )


def writing(house: House, talk: Talk) -> Pipeline:
    """The pipeline with a chat model."""
    return pipeline_of(house, writer=Writer(talk, lambda: house.store, house.question_linker.marks))


def house_with(house: House, pipeline: Pipeline) -> House:
    """The house with another pipeline in it."""
    # Opened before, so that both share one connection.
    assert house.store
    other = copy.copy(house)
    other.__dict__["pipeline"] = pipeline
    return other

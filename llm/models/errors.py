"""The error tree of the models.

ModelError
├── BaseMissing    the base model cannot be found or is another one
├── BaseUnfit      a model that cannot be fine-tuned, or not be written in the form that is asked for
├── CorpusError    a file of questions and forms that cannot be learnt from; names file and line
├── NotationError  tokens that are no form, or a form that the tokens cannot say
├── AdapterError   an adapter that is damaged, or was made for another base or schema
└── DiskFull       what is learnt cannot be kept
"""

from __future__ import annotations

from ontologies.errors import Problem


class ModelError(Problem):
    """Anything wrong with a model; the message says what, where, and what to do about it."""


class BaseMissing(ModelError):
    """The base model cannot be found or is another one."""


class BaseUnfit(ModelError):
    """A model that cannot be fine-tuned, or not be written in the form that is asked for."""


class CorpusError(ModelError):
    """A file of questions and forms that cannot be learnt from; names file and line."""


class NotationError(ModelError):
    """Tokens that are no form, or a form that the tokens cannot say."""


class AdapterError(ModelError):
    """An adapter that is damaged, or was made for another base or schema."""


class DiskFull(ModelError):
    """What is learnt cannot be kept."""

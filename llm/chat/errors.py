"""The error tree of chat models.

ChatError
├── ChatUnavailable   the model's server does not answer, or refuses
└── ChatNonsense      the reply is not what was asked for
"""

from __future__ import annotations

from ontologies.errors import Problem


class ChatError(Problem):
    """Anything that goes wrong with a chat model."""


class ChatUnavailable(ChatError):
    """The model's server does not answer, or refuses."""


class ChatNonsense(ChatError):
    """The reply is not what was asked for."""

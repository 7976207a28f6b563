"""The `galenic` command from its first moment: who interrupts it while it loads is told nothing of its insides."""

from __future__ import annotations

import signal


def run() -> None:
    """Load the commands, then run the one that was asked for."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from galenic.cli.main import run as loaded

    signal.signal(signal.SIGINT, signal.default_int_handler)
    loaded()

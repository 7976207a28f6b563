"""What `offline` forbids: an address on another machine."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from galenic.errors import Outside

# Libraries that would reach out by themselves, told not to.
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
}


def keep_inside() -> None:
    """Let no library of this process and of those that it starts look for something on the network by itself."""
    os.environ.update(_QUIET)


def require_inside(setting: str, address: str, mend: str) -> None:
    """Raise `Outside` unless an address is one of this machine.

    >>> require_inside("chat_url", "http://localhost:8000/v1", "")
    >>> require_inside("chat_url", "http://127.0.0.1.example.org/v1", "unset it")
    Traceback (most recent call last):
    galenic.errors.Outside: offline is set, and chat_url names another machine, 127.0.0.1.example.org; unset it
    """
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    if not _is_here(host):
        raise Outside(f"offline is set, and {setting} names another machine, {host or address}; {mend}")


def _is_here(host: str) -> bool:
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

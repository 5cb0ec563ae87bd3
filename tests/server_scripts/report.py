"""What people are told: progress on stderr, and the two errors that end a command."""

from __future__ import annotations

import sys


class Unavailable(Exception):
    """Something a person has to provide is missing; the text says in one line what to do."""


class DidNotStart(Exception):
    """A server ended or stayed silent while it was awaited; its log has been printed."""


def say(text: str) -> None:
    print(f"tests/servers: {text}", file=sys.stderr, flush=True)

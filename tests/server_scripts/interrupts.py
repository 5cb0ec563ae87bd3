"""SIGINT, SIGTERM and SIGHUP as one exception, which waits while a process is being started or stopped.

Without the wait a signal between the fork and the note of its pid would leave a server that nobody stops.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

_holders = 0
_pending: int | None = None


class Interrupted(BaseException):
    def __init__(self, signal_number: int) -> None:
        super().__init__(signal.Signals(signal_number).name)
        self.signal_number = signal_number


def install() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A background job of a shell, or nohup, asked for this signal to be ignored.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _arrived)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Holds signals back until the block is left, then raises what arrived meanwhile."""
    global _holders, _pending
    _holders += 1
    try:
        yield
    finally:
        _holders -= 1
        if _holders == 0 and _pending is not None:
            number, _pending = _pending, None
            raise Interrupted(number)


def _arrived(number: int, _frame: object) -> None:
    global _pending
    if _holders:
        _pending = number
        return
    raise Interrupted(number)

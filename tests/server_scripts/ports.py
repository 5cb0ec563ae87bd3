"""Free ports of 127.0.0.1."""

from __future__ import annotations

import random
import socket

# Below the ports that Linux gives to outgoing connections, one of which could take ours before the server does.
_RANGE = range(20_000, 32_000)


def free(count: int, besides: int | None = None) -> list[int]:
    """Different ports that were free a moment ago, none of them `besides`."""
    found: list[int] = []
    for port in random.sample(_RANGE, len(_RANGE)):
        if len(found) == count:
            return found
        if port != besides and _is_free(port):
            found.append(port)
    raise OSError(f"no {count} free ports in {_RANGE}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True

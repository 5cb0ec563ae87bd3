"""Finding and ending a server's processes: only those noted at its start, and only while they still are that server."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_POLITE_SECONDS = 15
_FORCED_SECONDS = 5
_POLL_SECONDS = 0.1


def is_server(pid: int, program: str, directory: str) -> bool:
    """True when the process runs `program` on `directory`; false for a zombie and for a pid that someone else has now."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        folder = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return False
    # Redis rewrites its command line, which then lacks the folder, but works in it.
    return program.encode() in words and (os.fsencode(directory) in words or f"{folder}/".startswith(f"{directory}/"))


def members(session: int) -> list[int]:
    """The processes of a session. A server's launcher opens one, so this also finds children it has not told of yet."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and _status(int(name))[3:4] == [str(session)]]


def end(find: Callable[[], list[int]], polite_signal: int) -> None:
    """Asks the processes to end and kills those that have not after 15 s. `find` is asked anew before every signal."""
    asked: set[int] = set()
    for number, patience_seconds in ((polite_signal, _POLITE_SECONDS), (signal.SIGKILL, _FORCED_SECONDS)):
        for pid in find():
            asked.add(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + patience_seconds
        while find() or any(_is_alive(pid) for pid in asked):
            if time.monotonic() >= deadline:
                break
            time.sleep(_POLL_SECONDS)
        else:
            return


def _is_alive(pid: int) -> bool:
    """True until the kernel has taken the process down; one that waits to be collected by its parent is not alive."""
    return _status(pid)[:1] not in ([], ["Z"], ["X"])


def _status(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the program's name: state, parent, group, session ...; none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []

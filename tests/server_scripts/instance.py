"""One started server: its folder, ports and processes, and the record of them that `stop` and `list` read."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from . import account, interrupts, processes
from .report import Unavailable, say

_LOG_TAIL_LINES = 80


@dataclass
class Instance:
    name: str
    program: str
    """A word that stands in the command line of every process of the server."""
    directory: str
    url: str
    port: int
    polite_signal: int
    pid: int = 0
    session: int = 0
    """The session that the program started last opened; 0 until there is one."""
    transport_port: int = 0
    """Where other nodes of its cluster find it."""
    cluster: str = ""
    """Name of the cluster that it has joined; empty for one of its own."""
    access: dict[str, str] = field(default_factory=dict)
    """How to get in, where the server asks for it: `ca_file`, `username`, `password` and those of other users."""

    @staticmethod
    def new_folder(name: str) -> str:
        """Makes a folder for a server: ours to write the record and the log, its parts given to the servers' user."""
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_state_folder()))
        folder.chmod(0o755)
        for part in ("config", "data", "logs", "snapshots", "tmp"):
            (folder / part).mkdir()
            account.give(folder / part)
        return str(folder)

    @staticmethod
    def all() -> list[Instance]:
        """What was started here and not yet stopped, oldest first."""
        found = []
        for record in _state_folder().glob("*.json"):
            with contextlib.suppress(FileNotFoundError):  # stopped by another process meanwhile
                found.append((record.stat().st_mtime, Instance(**json.loads(record.read_text(encoding="utf-8")))))
        return [instance for _, instance in sorted(found, key=lambda pair: pair[0])]

    @property
    def folder(self) -> Path:
        return Path(self.directory)

    @property
    def cluster_name(self) -> str:
        """Unlike any other cluster's, so that an answer on the port is known to be this server's."""
        return self.cluster or f"trailproof-{self.folder.name}"

    @property
    def output(self) -> Path:
        return self.folder / "logs/output.log"

    def description(self) -> dict[str, object]:
        return {"name": self.name, "url": self.url, "pid": self.pid, "dir": self.directory, **self.access}

    def save(self) -> None:
        (self.folder / "server.pid").write_text(f"{self.pid}\n", encoding="utf-8")
        draft = self.folder / "record.draft"
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.chmod(0o600)
        draft.rename(_record_of(self.folder))

    def spawn(
        self, words: list[str], environment: dict[str, str], stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        """Starts a program as the servers' user in a session of its own, its output going to the log, and notes it."""
        with interrupts.held(), self.output.open("ab") as output:
            process = subprocess.Popen(
                words, stdin=stdin, stdout=output, stderr=output, cwd=self.directory, env=environment,
                start_new_session=True, **account.identity(),
            )
            self.pid = self.session = process.pid
            self.save()
        return process

    def is_running(self) -> bool:
        return processes.is_server(self.pid, self.program, self.directory)

    def end(self) -> None:
        """Ends the server's processes and removes its folder."""
        processes.end(self._processes, self.polite_signal)
        shutil.rmtree(self.directory, ignore_errors=True)
        if self.folder.exists():
            say(f"could not remove all of {self.directory}")
        _record_of(self.folder).unlink(missing_ok=True)

    def log_tails(self) -> Iterator[str]:
        """The ends of the server's logs, a text for each log that says anything."""
        for log in sorted((self.folder / "logs").rglob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_TAIL_LINES:]
            if lines:
                yield "\n".join([f"---- {log.name}, last {len(lines)} lines", *lines])

    def _processes(self) -> list[int]:
        candidates = {self.pid, *(processes.members(self.session) if self.session else [])}
        return [pid for pid in candidates if pid and processes.is_server(pid, self.program, self.directory)]


def _record_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def _state_folder() -> Path:
    asked_for = os.environ.get("TRAILPROOF_SERVERS_STATE")
    folder = Path(asked_for or f"/tmp/trailproof-servers-{os.getuid()}").absolute()
    if not account.is_reachable(folder):
        raise Unavailable(f"{folder} is closed to the user {account.NAME}: set TRAILPROOF_SERVERS_STATE to an open folder")
    account.make_reachable(folder)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise Unavailable(f"{folder} is not a folder of yours: set TRAILPROOF_SERVERS_STATE to one that is")
    return folder

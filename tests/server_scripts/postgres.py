"""PostgreSQL from Debian: a new cluster for each start, durable as in production (fsync stays on)."""

from __future__ import annotations

import signal

from . import debian
from .instance import Instance
from .server import Server, Wishes

_STATUS_LINE = 7  # of postmaster.pid, see the server's miscadmin.h


class Postgres(Server):
    name = "postgres"
    title = "PostgreSQL"
    program = "postgres"
    deadline_seconds = 30
    # SIGTERM would wait for every client to leave; SIGINT disconnects them.
    polite_signal = int(signal.SIGINT)

    def url(self, port: int, tls: bool) -> str:
        return f"postgres://trailproof@127.0.0.1:{port}/postgres"

    def fetch(self) -> None:
        debian.postgres_programs()

    def prepare(self, instance: Instance, wishes: Wishes) -> None:
        initdb = str(debian.postgres_programs() / "initdb")
        self.run_step(instance, [
            initdb, "-D", str(instance.folder / "data"), "-U", "trailproof", "--auth=trust", "--no-locale", "-E", "UTF8",
        ])

    def command(self, instance: Instance) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1", "port": instance.port, "unix_socket_directories": "", "fsync": "on"
        }
        words = [str(debian.postgres_programs() / "postgres"), "-D", str(instance.folder / "data")]
        for key, value in settings.items():
            words += ["-c", f"{key}={value}"]
        return words

    def is_ready(self, instance: Instance) -> bool:
        """The server keeps its own status in its pid file, which `pg_ctl` waits for too."""
        try:
            lines = (instance.folder / "data/postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

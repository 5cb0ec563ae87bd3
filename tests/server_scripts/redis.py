"""Redis from Debian, without persistence."""

from __future__ import annotations

import socket

from . import debian
from .instance import Instance
from .server import Server, Wishes

_ANSWER_SECONDS = 2


class Redis(Server):
    name = "redis"
    title = "Redis"
    program = "redis-server"
    deadline_seconds = 15

    def url(self, port: int, tls: bool) -> str:
        return f"redis://127.0.0.1:{port}"

    def fetch(self) -> None:
        debian.program("redis-server", "redis-server")

    def prepare(self, instance: Instance, wishes: Wishes) -> None:
        """Redis needs no preparation."""

    def command(self, instance: Instance) -> list[str]:
        return [
            debian.program("redis-server", "redis-server"), "--port", str(instance.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--daemonize", "no",
        ]

    def is_ready(self, instance: Instance) -> bool:
        """True when the Redis that answers on the port is the process that was started."""
        try:
            with socket.create_connection(("127.0.0.1", instance.port), timeout=_ANSWER_SECONDS) as connection:
                connection.sendall(b"INFO server\r\n")
                answer = b""
                while b"process_id:" not in answer.rpartition(b"\n")[0]:
                    received = connection.recv(4096)
                    if not received:
                        return False
                    answer += received
        except OSError:
            return False
        return f"process_id:{instance.pid}\r\n".encode() in answer + b"\r\n"

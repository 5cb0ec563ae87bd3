"""What a kind of server has to say about itself; `lifecycle` does the rest."""

from __future__ import annotations

import abc
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import account
from .instance import Instance
from .report import DidNotStart

_PREPARATION_SECONDS = 60


@dataclass(frozen=True)
class Wishes:
    """What is asked of a server beside the usual."""

    tls: bool = False
    """TLS and authentication, with an authority and users of its own."""
    joinable: bool = False
    """A cluster that other nodes may join, instead of a single node that is one for ever."""
    join: Instance | None = None
    """The node whose cluster it is to join."""


class Server(abc.ABC):
    name: str
    title: str
    program: str
    """A word in the command line of each of its processes."""
    deadline_seconds = 90
    polite_signal = int(signal.SIGTERM)
    detaches = False
    """True when the started program ends with code 0 and leaves the server running."""

    @abc.abstractmethod
    def url(self, port: int, tls: bool) -> str:
        """Where the server answers."""

    @abc.abstractmethod
    def fetch(self) -> None:
        """Makes sure that the server's software is on this machine."""

    @abc.abstractmethod
    def prepare(self, instance: Instance, wishes: Wishes) -> None:
        """Writes what the server needs into its folder."""

    @abc.abstractmethod
    def command(self, instance: Instance) -> list[str]:
        """The program to start, with its arguments."""

    def environment(self, instance: Instance) -> dict[str, str]:
        return account.environment(instance.folder)

    def pid(self, instance: Instance, launcher: int) -> int:
        """The server's own process, asked for when the launcher has done its part."""
        return launcher

    @abc.abstractmethod
    def is_ready(self, instance: Instance) -> bool:
        """True when this very server (and not another on its port) takes requests."""

    def run_step(self, instance: Instance, words: list[str], answer: str = "") -> None:
        """Runs one program of the preparation to its end; the answer is what it reads from its input."""
        process = instance.spawn(words, self.environment(instance), stdin=subprocess.PIPE)
        try:
            process.communicate(answer.encode(), timeout=_PREPARATION_SECONDS)
        except subprocess.TimeoutExpired:
            raise DidNotStart(f"{Path(words[0]).name} took longer than {_PREPARATION_SECONDS} s") from None
        if process.returncode != 0:
            raise DidNotStart(f"{Path(words[0]).name} ended with code {process.returncode}")

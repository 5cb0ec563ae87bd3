"""`run`: servers around a command, stopped however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from . import interrupts, lifecycle
from .instance import Instance
from .report import say
from .server import Server, Wishes

_OWN_END_SECONDS = 2
_ASKED_END_SECONDS = 15


def run(servers: list[Server], command: list[str], tls: bool) -> int:
    """Starts the servers in turn, runs the command, stops the servers and returns the command's exit code."""
    started: list[Instance] = []
    try:
        for server in servers:
            server.fetch()
        for server in servers:
            started.append(lifecycle.start(server, wishes=Wishes(tls=tls and server.name == "es9")))
        return _run(command, {**os.environ, **_addresses(started)})
    finally:
        with interrupts.held():
            for instance in reversed(started):
                lifecycle.stop(instance)


def _addresses(started: list[Instance]) -> dict[str, str]:
    addresses = {}
    for instance in started:
        prefix = f"TRAILPROOF_TEST_{instance.name.upper()}"
        addresses[f"{prefix}_URL"] = instance.url
        addresses[f"{prefix}_DIR"] = instance.directory
        for key, value in instance.access.items():
            addresses[f"{prefix}_{key.upper()}"] = value
    return addresses


def _run(command: list[str], environment: dict[str, str]) -> int:
    # At a terminal the command stays in our group and hears Ctrl-C itself. Elsewhere it leads a session, so that a signal
    # meant for us reaches its children too.
    leads = not sys.stdin.isatty()
    with interrupts.held():
        try:
            process = subprocess.Popen(command, env=environment, start_new_session=leads)
        except OSError as error:
            say(f"cannot run {command[0]}: {error.strerror}")
            return 127 if isinstance(error, FileNotFoundError) else 126
    try:
        code = process.wait()
    except interrupts.Interrupted as interrupted:
        with interrupts.held():
            _end(process, leads, interrupted.signal_number)
            raise
    return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes], leads: bool, number: int) -> None:
    if number == signal.SIGINT and not leads and _ends_within(process, _OWN_END_SECONDS):
        return
    send = os.killpg if leads else os.kill
    for number_sent, patience_seconds in ((number, _ASKED_END_SECONDS), (signal.SIGKILL, None)):
        if process.poll() is None:
            send(process.pid, number_sent)
        if _ends_within(process, patience_seconds):
            return


def _ends_within(process: subprocess.Popen[bytes], seconds: float | None) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True

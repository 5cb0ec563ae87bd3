"""Starting a server and waiting until it answers; stopping it. Read `server.py` next, then one kind, say `redis.py`."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

from . import interrupts, ports
from .instance import Instance
from .report import DidNotStart, say
from .server import Server, Wishes

_POLL_SECONDS = 0.1


def start(server: Server, port: int | None = None, wishes: Wishes = Wishes()) -> Instance:
    """Starts a server and returns when it takes requests. Nothing of it is left behind when that fails."""
    server.fetch()
    chosen = port or ports.free(1)[0]
    with contextlib.ExitStack() as undo:
        with interrupts.held():
            instance = Instance(
                name=server.name, program=server.program, directory=Instance.new_folder(server.name),
                url=server.url(chosen, wishes.tls), port=chosen, polite_signal=server.polite_signal,
                cluster=wishes.join.cluster_name if wishes.join else "",
            )
            undo.callback(_end, instance)
            instance.save()
        try:
            server.prepare(instance, wishes)
            began = time.monotonic()
            launcher = instance.spawn(server.command(instance), server.environment(instance))
            _wait(server, instance, launcher, began + server.deadline_seconds)
        except DidNotStart as reason:
            for tail in instance.log_tails():
                print(tail, file=sys.stderr)
            raise DidNotStart(f"{server.title} did not start: {reason}") from None
        undo.pop_all()
    say(f"{server.title} is ready at {instance.url} after {time.monotonic() - began:.1f} s")
    return instance


def stop(instance: Instance) -> None:
    _end(instance)
    say(f"stopped {instance.name} at {instance.url}")


def _wait(server: Server, instance: Instance, launcher: subprocess.Popen[bytes], deadline: float) -> None:
    has_left = False
    while True:
        code = launcher.poll()
        if code is not None and not has_left:
            if code != 0 or not server.detaches:
                raise DidNotStart(f"it ended with code {code}")
            has_left = True
            instance.pid = server.pid(instance, launcher.pid)
            instance.save()
        if has_left and not instance.is_running():
            raise DidNotStart("it ended")
        if has_left == server.detaches and server.is_ready(instance):
            return
        if time.monotonic() >= deadline:
            raise DidNotStart(f"it was not ready within {server.deadline_seconds} s")
        time.sleep(_POLL_SECONDS)


def _end(instance: Instance) -> None:
    with interrupts.held():
        instance.end()

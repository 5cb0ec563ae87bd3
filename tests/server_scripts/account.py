"""The user that servers run as: oneself, or as root a system user, since Elasticsearch and PostgreSQL refuse root."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from pathlib import Path

from .report import Unavailable, say

NAME = "trailproof-test"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def is_root() -> bool:
    return os.geteuid() == 0


def identity() -> dict[str, object]:
    """The arguments that make `subprocess` start a program as the servers' user."""
    if not is_root():
        return {"umask": 0o022}
    user = _system_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "umask": 0o022}


def give(folder: Path) -> None:
    """Makes the servers' user the owner of a folder and of all that is in it."""
    if not is_root():
        return
    user = _system_user()
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(parent, name), user.pw_uid, user.pw_gid, follow_symlinks=False)


def is_reachable(folder: Path) -> bool:
    """True when the servers' user can get to a folder: all parts of the path that exist are ours or let others pass."""
    if not is_root():
        return True
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists())


def make_reachable(folder: Path) -> None:
    """Makes a folder and what is missing above it, whatever the umask, so that the servers' user can get to it."""
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for part in missing if is_root() else ():
        part.chmod(0o755)


def environment(home: Path, **more: object) -> dict[str, str]:
    """A small environment: the caller's variables (JAVA_TOOL_OPTIONS, PGPORT ...) would change what is tested."""
    return {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(home), **{name: str(value) for name, value in more.items()}}


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    say(f"creating the system user {NAME}")
    created = subprocess.run(
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
         "--shell", "/usr/sbin/nologin", NAME],
        env={**os.environ, "PATH": PATH}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )
    try:
        return pwd.getpwnam(NAME)  # also when another process was faster
    except KeyError:
        raise Unavailable(f"cannot create the system user {NAME}: {created.stderr.strip()}") from None

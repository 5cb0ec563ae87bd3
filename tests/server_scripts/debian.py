"""Debian packages: installed when root asks, named in one line otherwise."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import account
from .locked import locked
from .report import Unavailable, say

_APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


def program(name: str, package: str) -> str:
    """The path of a program, whose package is installed first where it is missing and we may."""
    found = _which(name)
    if found is None:
        install(package, f"{name} is missing")
        found = _which(name)
    if found is None:
        raise Unavailable(f"the package {package} brought no {name}")
    return found


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres` of the newest installed PostgreSQL."""
    found = _postgres_folder()
    if found is None:
        install("postgresql", "PostgreSQL is missing")
        found = _postgres_folder()
    if found is None:
        raise Unavailable("the package postgresql brought no initdb")
    return found


def install(package: str, reason: str) -> None:
    if not account.is_root():
        raise Unavailable(f"{reason}; install it with: apt-get install {package}")
    if _which("apt-get") is None:
        raise Unavailable(f"{reason}, and without apt-get it cannot be installed here")
    with locked(Path("/var/lock/trailproof-servers-apt.lock")):
        say(f"{reason}: installing the Debian package {package} ...")
        _apt("update", "-q")
        _apt("install", "-q", "-y", "--no-install-recommends", package)


def offered(pattern: str) -> list[str]:
    """The package names known to apt that match a regular expression from start to end."""
    if _which("apt-cache") is None:
        return []
    names = subprocess.run(
        ["apt-cache", "pkgnames"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    ).stdout.split()
    return sorted(name for name in names if re.fullmatch(pattern, name))


def _apt(*words: str) -> None:
    environment = {**os.environ, "PATH": account.PATH, "DEBIAN_FRONTEND": "noninteractive"}
    code = subprocess.run(
        [*_APT, *words], env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    ).returncode
    if code != 0:
        raise Unavailable(f"apt-get {' '.join(words)} ended with code {code}")


def _which(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=account.PATH)


def _postgres_folder() -> Path | None:
    found = [Path(name).parent for name in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0))
    initdb = _which("initdb")
    return Path(os.path.realpath(initdb)).parent if initdb else None

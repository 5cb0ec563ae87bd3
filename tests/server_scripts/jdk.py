"""Finds a JDK of a suitable version: $JAVA_HOME, then those under /usr/lib/jvm and the `java` on the path."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .report import Unavailable


@dataclass(frozen=True)
class JavaRange:
    oldest: int
    preferred: int
    newest: int = 999

    def has(self, version: int | None) -> bool:
        return version is not None and self.oldest <= version <= self.newest

    def __str__(self) -> str:
        if self.newest == 999:
            return f"Java {self.oldest} or newer"
        return f"Java {self.oldest} to {self.newest}"


def find(wanted: JavaRange, title: str) -> Path:
    """The home of a suitable JDK: $JAVA_HOME if it fits, else the one nearest to the preferred version."""
    found = _suitable(wanted)
    if found is None and wanted.has(17):
        debian.install("openjdk-17-jdk-headless", f"{title} needs {wanted} and no such JDK was found")
        found = _suitable(wanted)
    if found is not None:
        return found
    names = debian.offered(r"(openjdk|temurin)-\d+-jdk(-headless)?")
    packages = [name for name in names if wanted.has(int(re.sub(r"\D", "", name)))]
    advice = f"install one of {', '.join(packages)}" if packages else "apt offers none: install one and set JAVA_HOME"
    raise Unavailable(f"{title} needs a JDK of {wanted} and none was found; {advice}")


def _suitable(wanted: JavaRange) -> Path | None:
    chosen = os.environ.get("JAVA_HOME")
    if chosen and wanted.has(_version(Path(chosen))):
        return Path(chosen)
    homes = {os.path.realpath(name) for name in glob.glob("/usr/lib/jvm/*")}
    java = shutil.which("java")
    if java:
        homes.add(str(Path(os.path.realpath(java)).parent.parent))
    versions = {Path(home): _version(Path(home)) for home in sorted(homes)}
    fitting = {home: version for home, version in versions.items() if wanted.has(version)}
    return min(fitting, key=lambda home: abs(fitting[home] - wanted.preferred), default=None)


def _version(home: Path) -> int | None:
    """The feature version of a JDK, or nothing where there is no JDK (a folder without `javac` is none)."""
    if not (os.access(home / "bin/java", os.X_OK) and os.access(home / "bin/javac", os.X_OK)):
        return None
    try:
        text = (home / "release").read_text(encoding="utf-8")
    except OSError:
        text = subprocess.run(
            [home / "bin/java", "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        ).stderr
    found = re.search(r'(?:^JAVA_VERSION=|version )"(?:1\.)?(\d+)', text, re.MULTILINE)
    return int(found.group(1)) if found else None

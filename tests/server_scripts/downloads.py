"""The download cache: Maven artifacts, fetched once, tested, unpacked beside their place and renamed into it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from . import account, debian
from .locked import locked
from .report import Unavailable, say

_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_SHARED_CACHE = Path("/var/cache/trailproof-servers")


def artifact(coordinates: str, folder_name: str, title: str) -> Path:
    """The unpacked folder of a zip artifact that holds exactly the folder `folder_name`."""

    def fill(work: Path) -> Path:
        _maven(f"{_PLUGIN}:copy", f"-DoutputDirectory={work}", f"-Dartifact={coordinates}", cwd=work)
        archive = _only(work, "*.zip")
        _test(archive)
        _unpack(archive, work / "unpacked")
        archive.unlink()
        return work / "unpacked" / folder_name

    return _cached(folder_name, title, fill)


def jars(group: str, name: str, version: str, folder_name: str, title: str) -> Path:
    """The folder with the jar of an artifact and the jars of all that it needs."""

    def fill(work: Path) -> Path:
        pom = work / "pom.xml"
        pom.write_text(_POM.format(group=group, name=name, version=version), encoding="utf-8")
        folder = work / "jars"
        _maven("-f", str(pom), f"{_PLUGIN}:copy-dependencies", f"-DoutputDirectory={folder}",
               "-DincludeScope=runtime", cwd=work)
        _only(folder, f"{name}-{version}.jar")
        for jar in folder.iterdir():
            _test(jar)
            jar.chmod(0o644)
        return folder

    return _cached(folder_name, title, fill)


def _cached(folder_name: str, title: str, fill: Callable[[Path], Path]) -> Path:
    cache = _cache()
    place = cache / folder_name
    if place.is_dir():
        return place
    with locked(cache / f"{folder_name}.lock"):
        if place.is_dir():
            return place
        for left_over in cache.glob(f".{folder_name}-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        say(f"fetching {title} ...")
        with contextlib.ExitStack() as cleanup:
            work = Path(tempfile.mkdtemp(prefix=f".{folder_name}-", dir=cache))
            cleanup.callback(shutil.rmtree, work, ignore_errors=True)
            filled = fill(work)
            filled.chmod(0o755)
            filled.rename(place)
    return place


def _cache() -> Path:
    asked_for = os.environ.get("TRAILPROOF_SERVERS_CACHE")
    cache = Path(asked_for).absolute() if asked_for else Path.home() / ".cache/trailproof-servers"
    if not account.is_reachable(cache):
        if asked_for:
            raise Unavailable(f"{cache} is closed to the user {account.NAME}: set TRAILPROOF_SERVERS_CACHE to an open folder")
        cache = _SHARED_CACHE
    account.make_reachable(cache)
    return cache


def _maven(*words: str, cwd: Path) -> None:
    maven = debian.program("mvn", "maven")
    done = subprocess.run(
        [maven, "-B", "-q", *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", check=False,
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        raise Unavailable(f"Maven ended with code {done.returncode}, see above")


def _only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise Unavailable(f"Maven brought {len(found)} files {pattern} where one was expected")
    return found[0]


def _test(archive: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as opened:
            damaged = opened.testzip()
    except zipfile.BadZipFile as error:
        damaged = str(error)
    if damaged is not None:
        raise Unavailable(f"{archive.name} arrived damaged ({damaged}): remove it from Maven's local repository and try again")


def _unpack(archive: Path, target: Path) -> None:
    """Unpacks readable for everyone: `zipfile` drops the modes, and the archive's own shut out other users."""
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            path = Path(opened.extract(entry, target))
            executable = entry.is_dir() or (entry.external_attr >> 16) & 0o100
            path.chmod(0o755 if executable else 0o644)


_POM = """<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>trailproof</groupId>
  <artifactId>server-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>{group}</groupId>
      <artifactId>{name}</artifactId>
      <version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""

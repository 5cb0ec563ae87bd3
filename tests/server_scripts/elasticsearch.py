"""Elasticsearch 7, 8 and 9: the integration-test distribution, without a JDK and without most modules."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import shutil
from pathlib import Path

from . import account, cluster_health, downloads, jdk, ports, tls_files
from .instance import Instance
from .report import DidNotStart
from .server import Server, Wishes

_USERNAME = "elastic"
_STREAMS = [f"{stream}-prod" for stream in ("logs-app", "logs-error", "logs-security", "audit-events")]
# Users of the file realm, each with nothing but what docs/clusters.md says that such a user needs.
_ROLES = {
    # No monitoring, no metadata, no writing.
    "reader": {"indices": [{"names": ["foreign-*"], "privileges": ["read"]}]},
    "writer": {
        "cluster": ["monitor"],
        "indices": [
            {"names": _STREAMS, "privileges": ["read", "create_doc", "view_index_metadata"]},
            {"names": [f"{name}*" for name in _STREAMS], "privileges": ["manage"]},
        ],
    },
    "installer": {
        "cluster": ["monitor", "manage_index_templates", "manage_ilm"],
        "indices": [{"names": [f"{name}*" for name in _STREAMS], "privileges": ["manage"]}],
    },
}
_ROUNDS = 10_000

# Written relative to the distribution, which is shared and read-only, or of no use in a test.
_UNWANTED_JVM_OPTIONS = ("gc.log", "GCLog", "PrintGC", "HeapDump", "ErrorFile")


class Elasticsearch(Server):
    program = "elasticsearch"

    def __init__(self, name: str, version: str, size_mb: int, java: jdk.JavaRange, detaches: bool) -> None:
        self.name = name
        self.title = f"Elasticsearch {version}"
        self.detaches = detaches
        self._version = version
        self._size_mb = size_mb
        self._java = java

    def url(self, port: int, tls: bool) -> str:
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}"

    def fetch(self) -> None:
        self.home()

    def prepare(self, instance: Instance, wishes: Wishes) -> None:
        config = instance.folder / "config"
        shutil.copytree(self.home() / "config", config, dirs_exist_ok=True)
        _drop_jvm_options(config / "jvm.options")
        settings = {**self._settings(instance), **_discovery(instance, wishes)}
        if wishes.tls:
            settings.update(_tls_settings(instance))
            _write_users(instance, config)
        elif self.name != "es7":  # which has no security module here and refuses the setting
            settings["xpack.security.enabled"] = False
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in settings.items()]
        (config / "elasticsearch.yml").write_text("".join(lines), encoding="utf-8")
        account.give(config)
        if wishes.tls:
            keystore = str(self.home() / "bin/elasticsearch-keystore")
            password = instance.access["password"]
            self.run_step(instance, [keystore, "add", "--stdin", "--force", "bootstrap.password"], answer=password)

    def command(self, instance: Instance) -> list[str]:
        words = [str(self.home() / "bin/elasticsearch"), "-p", str(_pid_file(instance))]
        return [*words, "-d"] if self.detaches else words

    def environment(self, instance: Instance) -> dict[str, str]:
        folder = instance.folder
        return account.environment(
            folder, ES_PATH_CONF=folder / "config", ES_TMPDIR=folder / "tmp",
            ES_JAVA_HOME=self.java(), ES_JAVA_OPTS="-Xms512m -Xmx512m",
            CLI_JAVA_OPTS=f"-Djava.io.tmpdir={folder}/tmp",  # the launcher leaves folders there
        )

    def pid(self, instance: Instance, launcher: int) -> int:
        try:
            return int(_pid_file(instance).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise DidNotStart("it left no pid file") from None

    def is_ready(self, instance: Instance) -> bool:
        return cluster_health.is_ready(instance)

    def home(self) -> Path:
        """The unpacked distribution."""
        return downloads.artifact(
            f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{self._version}:zip",
            f"elasticsearch-{self._version}", f"{self.title} ({self._size_mb} MB)",
        )

    def java(self) -> Path:
        """The home of a JDK that it runs on."""
        return jdk.find(self._java, self.title)

    def _settings(self, instance: Instance) -> dict[str, object]:
        folder = instance.folder
        instance.transport_port = ports.free(1, besides=instance.port)[0]
        return {
            "cluster.name": instance.cluster_name,
            "node.name": folder.name,
            "network.host": "127.0.0.1",
            "http.port": instance.port,
            "transport.port": instance.transport_port,
            "path.data": str(folder / "data"),
            "path.logs": str(folder / "logs"),
            "path.repo": str(folder / "snapshots"),
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "indices.breaker.total.use_real_memory": False,
            "action.destructive_requires_name": True,
        }


def _discovery(instance: Instance, wishes: Wishes) -> dict[str, object]:
    if wishes.join:
        return {"discovery.seed_hosts": [f"127.0.0.1:{wishes.join.transport_port}"]}
    if wishes.joinable:
        return {"discovery.seed_hosts": [], "cluster.initial_master_nodes": [instance.folder.name]}
    return {"discovery.type": "single-node"}


def _write_users(instance: Instance, config: Path) -> None:
    """Each user has the role of the same name."""
    files = {
        "users": [f"{name}:{_hashed(instance.access[f'{name}_password'])}\n" for name in _ROLES],
        "users_roles": [f"{name}:{name}\n" for name in _ROLES],
        "roles.yml": [f"{name}: {json.dumps(role)}\n" for name, role in _ROLES.items()],
    }
    for name, lines in files.items():
        (config / name).write_text("".join(lines), encoding="utf-8")


def _hashed(password: str) -> str:
    """A password as the file realm keeps it."""
    salt = secrets.token_bytes(32)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, 32)
    return f"{{PBKDF2}}{_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _tls_settings(instance: Instance) -> dict[str, object]:
    """Makes the certificates, notes how to get in, and returns the settings for both layers."""
    certificates = tls_files.make(instance.folder / "config/tls")
    instance.access = {
        "ca_file": str(certificates.authority), "tls_dir": str(certificates.authority.parent),
        "username": _USERNAME, "password": secrets.token_urlsafe(18),
    }
    for name in _ROLES:
        instance.access.update({f"{name}_username": name, f"{name}_password": secrets.token_urlsafe(18)})
    instance.save()
    settings: dict[str, object] = {"xpack.security.enabled": True}
    for layer in ("http", "transport"):
        prefix = f"xpack.security.{layer}.ssl"
        settings[f"{prefix}.enabled"] = True
        settings[f"{prefix}.key"] = str(certificates.key)
        settings[f"{prefix}.certificate"] = str(certificates.certificate)
        settings[f"{prefix}.certificate_authorities"] = [str(certificates.authority)]
    return settings


def _pid_file(instance: Instance) -> Path:
    return instance.folder / "tmp/elasticsearch.pid"


def _drop_jvm_options(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not any(option in line for option in _UNWANTED_JVM_OPTIONS)]
    path.write_text("".join(kept), encoding="utf-8")

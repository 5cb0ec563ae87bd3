"""The servers there are, with their versions and what Java they run on."""

from __future__ import annotations

from .elasticsearch import Elasticsearch
from .jdk import JavaRange
from .opensearch import OpenSearch
from .postgres import Postgres
from .redis import Redis
from .server import Server

_KINDS: list[Server] = [
    Elasticsearch("es9", "9.2.8", size_mb=96, java=JavaRange(21, preferred=21), detaches=True),
    Elasticsearch("es8", "8.19.16", size_mb=100, java=JavaRange(17, preferred=17), detaches=True),
    # 7's own way to detach needs `ps` and returns before the node is up.
    Elasticsearch("es7", "7.17.29", size_mb=55, java=JavaRange(11, preferred=17, newest=17), detaches=False),
    OpenSearch("opensearch", "3.8.0", runner_version="3.8.0.0", size_mb=71, java=JavaRange(21, preferred=21)),
    Postgres(),
    Redis(),
]

SERVERS = {server.name: server for server in _KINDS}

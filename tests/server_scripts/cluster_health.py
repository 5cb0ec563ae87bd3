"""Asks a cluster whether it is up: `GET /_cluster/health`, as `GET /` does not answer on every distribution."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from urllib.parse import urlsplit

from .instance import Instance

_ANSWER_SECONDS = 5


def is_ready(instance: Instance) -> bool:
    """True when the cluster answers under the name that only this server has."""
    try:
        return _health(instance).get("cluster_name") == instance.cluster_name
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _health(instance: Instance) -> dict[str, object]:
    address = urlsplit(instance.url)
    headers = {}
    if address.scheme == "https":
        trust = ssl.create_default_context(cafile=instance.access["ca_file"])
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            address.netloc, timeout=_ANSWER_SECONDS, context=trust
        )
        identity = f"{instance.access['username']}:{instance.access['password']}"
        headers["Authorization"] = "Basic " + base64.b64encode(identity.encode()).decode()
    else:
        connection = http.client.HTTPConnection(address.netloc, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/_cluster/health", headers=headers)
        answer = connection.getresponse()
        return json.loads(answer.read()) if answer.status == 200 else {}
    finally:
        connection.close()

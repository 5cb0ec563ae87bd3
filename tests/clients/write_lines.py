"""Writes lines as somebody would who knows Elasticsearch and not Trailproof: with the official client, in his own words.

    write_lines.py URL ENVIRONMENT
"""

import sys
from datetime import datetime, timedelta, timezone

from elasticsearch import Elasticsearch, helpers

SEOUL = timezone(timedelta(hours=9))


def main(url, environment):
    client = Elasticsearch(url, request_timeout=30)
    app, error = f"logs-app-{environment}", f"logs-error-{environment}"
    now = datetime.now(SEOUL)

    def lines():
        for number in range(100):
            yield {
                "_op_type": "create",
                "_index": app,
                "@timestamp": now - timedelta(seconds=100 - number),
                "level": "INFO" if number % 10 else "Warning",
                "service": "billing",
                "message": f"invoice {number} sent",
                "client_ip": f"10.20.0.{number}",
                "context": {"amount": number * 10, "paid": number % 2 == 0, "customer": {"country": "kr"}},
            }

    stored, _ = helpers.bulk(client, lines())
    client.index(
        index=error,
        id="py-1",
        op_type="create",
        document={
            "@timestamp": now,
            "level": "ERROR",
            "service": "billing",
            "message": "송장 발행 실패",
            "trace_id": "trace-py-1",
            "context": {"exception": {"type": "TimeoutError"}},
        },
    )
    client.indices.refresh(index=[app, error])

    mapping = client.indices.get_mapping(index=app)
    properties = next(iter(mapping.values()))["mappings"]["properties"]
    types = {name: properties[name]["type"] for name in ("@timestamp", "level", "service", "client_ip", "context")}
    print(stored, " ".join(f"{name}={kind}" for name, kind in types.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])

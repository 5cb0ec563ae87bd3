#!/usr/bin/env python3
"""Has Elasticsearch's own parser read the lifecycle policies of es-templates/ilm, and refuse the broken ones beside this file."""

import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from server_scripts.catalogue import SERVERS  # noqa: E402
from server_scripts.report import Unavailable  # noqa: E402


def main():
    try:
        elasticsearch = SERVERS["es9"]
        home, java = elasticsearch.home(), elasticsearch.java()
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    classes = f"{home}/lib/*:{home}/modules/x-pack-core/*"
    policies = HERE.parent.parent / "es-templates/ilm"
    command = [f"{java}/bin/java", "-cp", classes, f"{HERE}/CheckPolicies.java", str(policies), f"{HERE}/broken"]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

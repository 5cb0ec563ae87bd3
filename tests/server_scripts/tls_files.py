"""A certificate authority for one server and the server's certificate, made by `openssl`."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .report import DidNotStart

_DAYS = "30"
_CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

# All extensions stand here: the system's own openssl.cnf would add some a second time, which strict clients refuse.
_CONFIGURATION = """
[req]
prompt = no
distinguished_name = name

[name]
CN = Trailproof tests

[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash

[node]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1,DNS:localhost

[other]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:search.example

[ca]
default_ca = expiring

[expiring]
new_certs_dir = {folder}
database = {folder}/issued
rand_serial = yes
default_md = sha256
policy = anything

[anything]
commonName = supplied
"""

_EXPIRED = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"]


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path


def make(folder: Path) -> Certificates:
    """Makes the files for a server on 127.0.0.1 and localhost; the authority's key is thrown away.

    Beside them lie `expired.crt` and `other.crt` (for another host name) of the same authority and key, for tests.
    """
    folder.mkdir()
    made = Certificates(folder / "ca.crt", folder / "node.crt", folder / "node.key")
    configuration, authority_key, request = folder / "openssl.cnf", folder / "ca.key", folder / "node.csr"
    configuration.write_text(_CONFIGURATION.format(folder=folder), encoding="utf-8")
    _openssl("req", "-x509", "-config", configuration, "-extensions", "authority", "-days", _DAYS,
             "-subj", "/CN=Trailproof test authority", *_CURVE, "-keyout", authority_key, "-out", made.authority)
    _openssl("req", "-new", "-config", configuration, "-subj", "/CN=localhost", *_CURVE,
             "-keyout", made.key, "-out", request)
    for extensions, certificate in (("node", made.certificate), ("other", folder / "other.crt")):
        _openssl("x509", "-req", "-in", request, "-CA", made.authority, "-CAkey", authority_key, "-CAcreateserial",
                 "-days", _DAYS, "-extfile", configuration, "-extensions", extensions, "-out", certificate)
    issued = folder / "issued"
    issued.touch()
    _openssl("ca", "-batch", "-notext", "-config", configuration, "-extensions", "node", "-cert", made.authority,
             "-keyfile", authority_key, "-in", request, *_EXPIRED, "-out", folder / "expired.crt")
    for passing in (configuration, authority_key, request, *folder.glob("issued*"), *folder.glob("*.pem")):
        passing.unlink()
    folder.chmod(0o755)
    made.authority.chmod(0o644)
    return made


def _openssl(*words: object) -> None:
    openssl = debian.program("openssl", "openssl")
    done = subprocess.run(
        [openssl, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DidNotStart(f"openssl {words[0]}: {done.stderr.strip()}")

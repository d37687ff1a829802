"""A package index on this machine, which refuses everything, with certificates of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


class Refusing(BaseHTTPRequestHandler):
    """An index that gives one answer to everything."""

    code = 404

    def do_GET(self) -> None:
        self.send_response(self.code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def index(folder: Path, code: int) -> Iterator[str]:
    """Answer each request with this code, by HTTPS; `ca.pem` in the folder says whom to trust.

    Gives the URL.
    """
    sign(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    answer = type("Answer", (Refusing,), {"code": code})
    with ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        # The handshake in the thread of its connection: one that fails ends that one only.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.handle_error = lambda *_: None
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            # By name: pip 25.1 fails of itself at a server that it knows by its number only.
            yield f"https://localhost:{server.server_port}/simple/"
        finally:
            server.shutdown()
            thread.join()


def sign(folder: Path) -> None:
    """Make an authority, ca.pem, and its certificate for localhost, server.pem with the key."""
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    usage = dict.fromkeys(
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
        "encipher_only decipher_only".split(),
        False,
    )
    ca = (
        _certificate("A proxy", authority, authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    )
    (folder / "ca.pem").write_bytes(ca.sign(authority, hashes.SHA256()).public_bytes(PEM))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    own = _certificate("A server", server, authority).add_extension(names, critical=False)
    key = server.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signed = own.sign(authority, hashes.SHA256()).public_bytes(PEM)
    (folder / "server.pem").write_bytes(key + signed)


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    mine, issuers = key.public_key(), issuer.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A proxy")]))
        .public_key(mine)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(mine), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)
    )

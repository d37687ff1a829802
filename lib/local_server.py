"""Servers of one's own on this machine: a free port, an answer, and an end with their parent."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from threading import Thread

from lib.errors import PipelineError

# Where a JupyterHub has put this server, "/user/anna/"; kernels and terminals inherit it.
# https://jupyterhub.readthedocs.io/en/stable/reference/services.html
PREFIX = "JUPYTERHUB_SERVICE_PREFIX"
PORTS = 50  # how many are tried, from the first one on
START_TIMEOUT_S = 60.0


def any_free_port() -> int:
    """Return a port that is free now, of the system's choice."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def choose_port(wanted: int | None, first: int) -> int:
    """Return the wanted port, or the first free one from `first` on; say so when it is not that.

    Raises PipelineError when the wanted one is in use.
    """
    if wanted is None:
        port = next_free_port(first)
        if port != first:
            print(f"Port {first} is in use; taking {port}.")
        return port
    if not is_free(wanted):
        raise PipelineError(
            f"Port {wanted} is in use, or needs an administrator.",
            f"Choose another one: --port {next_free_port(max(wanted + 1, 1024))}",
        )
    return wanted


def next_free_port(first: int) -> int:
    """Return the first port, from this one on, that is free. Raises PipelineError after 50."""
    last = min(first + PORTS, 65536)
    for port in range(first, last):
        if is_free(port):
            return port
    raise PipelineError(
        f"No port from {first} to {last - 1} is free.", "Choose another one: --port 9999"
    )


def behind_hub() -> bool:
    """Tell whether this process belongs to a server that a JupyterHub has started."""
    return bool(os.environ.get(PREFIX))


def public_path(port: int, *, whole: bool = False) -> str:
    """Return the path at which the hub's proxy shows a server of this port; "" without a hub.

    jupyter-server-proxy, beside the learner's server, hands on what comes to `/proxy/PORT/`, with
    this much of the path taken away; with `whole`, nothing is taken away, for a server that is told
    its path. https://jupyter-server-proxy.readthedocs.io/en/latest/arbitrary-ports-hosts.html
    """
    if not behind_hub():
        return ""
    way = "proxy/absolute" if whole else "proxy"
    return f"{os.environ[PREFIX].rstrip('/')}/{way}/{port}"


def address_of(port: int, *, whole: bool = False) -> str:
    """Return what a browser is to be told for a server at this port of this machine.

    Behind a hub that does not know its own name, it is the path behind that name: in a page that
    the hub shows, a link to it is right.
    """
    path = public_path(port, whole=whole)
    if not path:
        return f"http://localhost:{port}"
    # "https://hub.example.org/user/anna/", where the hub's public_url is set.
    public = os.environ.get("JUPYTERHUB_PUBLIC_URL", "")
    prefix = os.environ[PREFIX]
    return f"{public.removesuffix(prefix) if public.endswith(prefix) else ''}{path}/"


def is_free(port: int) -> bool:
    """Tell whether a server could listen at this port of this machine, by IPv4 and by IPv6."""
    try:
        places = socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)
    except OSError:
        places = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]
    for family, kind, protocol, _name, address in places:
        try:
            with socket.socket(family, kind, protocol) as server:
                if os.name != "nt":  # there it would take a port that another program listens at
                    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(address)
        except OSError as error:
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue  # IPv6: named in the hosts file, but switched off
            return False
    return True


def answers(
    process: subprocess.Popen[bytes], port: int, path: str, limit_s: float = START_TIMEOUT_S
) -> bool:
    """Wait until the process answers GET `path` with 200; False when it ended, or took too long."""
    end = time.monotonic() + limit_s
    while process.poll() is None and time.monotonic() < end:
        connection = HTTPConnection("localhost", port, timeout=5)  # directly: no proxy is asked
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return True
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    return False


def end_with_parent() -> None:
    """End this process when the one that started it has gone, however it went.

    That one holds the other end of our standard input, and never writes to it.
    """

    def wait() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    Thread(target=wait, name="end with the parent", daemon=True).start()

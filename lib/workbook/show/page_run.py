"""Pages in a notebook: run without a browser, told as text, or shown in a frame."""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import patch

from streamlit import config
from streamlit.components.v2.manifest_scanner import scan_component_manifests
from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from lib.config import ROOT, Settings
from lib.load.progress import somebody_types
from lib.local_server import address_of, answers, next_free_port
from lib.page.server import FIRST_PORT, SCRIPT

SCANNER = "streamlit.components.v2.manifest_scanner"
HEIGHT = 760  # pixels of the frame
_servers: dict[str, tuple[subprocess.Popen[bytes], int]] = {}


def run_page(
    page: Callable[..., Any], *, address: dict[str, Any] | None = None, **inputs: Any
) -> AppTest:
    """Run the function as a page, once, and return what Streamlit made of it.

    The function imports what it needs itself, and gets the inputs as arguments; `address` is what
    stands behind the question mark in the browser. An error in it is in the result's `exception`;
    nothing is printed.
    """
    be_quiet()
    made = AppTest.from_function(page, kwargs=inputs, default_timeout=60)
    for name, value in (address or {}).items():
        made.query_params[name] = value
    return run_again(made)


def run_again(page: AppTest) -> AppTest:
    """Run the page once more, with what was chosen in it since.

    AppTest leaves the page behind as ``sys.modules["__main__"]``, where it stays in the way: a
    process that is started later runs that file first, and pickle no longer finds what was
    defined in the notebook. The program that runs gets its place back.
    """
    main = sys.modules["__main__"]
    try:
        with patch(f"{SCANNER}.scan_component_manifests", _components):
            return page.run()
    finally:
        sys.modules["__main__"] = main


@cache
def _components() -> list[Any]:
    """Look for packages with components of their own for Streamlit, once.

    AppTest does so at each run, and reads what every installed package says of itself.
    """
    return list(scan_component_manifests())


def be_quiet() -> None:
    """Keep Streamlit from printing.

    It warns of each cached function that runs without its server, with the time of day, and prints
    the traceback of an error that the page shows already.
    """
    for name, value in (("logger.level", "critical"), ("logger.enableRich", False)):
        config.set_option(name, value)
    set_log_level(logging.CRITICAL)  # those loggers that are there already


def run_app(settings: Settings, **address: Any) -> AppTest:
    """Run streamlit_app.py over the database of the settings, at an address with these filters."""
    be_quiet()
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for name, value in address.items():
        page.query_params[name] = value
    url = settings.database_url.render_as_string(hide_password=False)
    with patch.dict(os.environ, DATABASE_URL=url, WORKBOOK_DIR=str(settings.home)):
        return run_again(page)


def print_page(page: AppTest) -> None:
    """Print what the page shows, from top to bottom, a line for each thing."""
    element: Any
    for element in page.main:
        kind = getattr(element, "type", "")
        if kind == "metric":
            delta = f" ({element.delta})" if element.delta else ""
            print(f"{kind:<10} {element.label}: {element.value}{delta}")
        elif kind in ("selectbox", "radio", "select_slider"):
            print(f"{kind:<10} {element.label}: {element.value}")
        elif kind in ("dataframe", "arrow_data_frame"):
            print(
                f"{'table':<10} "
                + element.value.to_string(index=False).replace("\n", f"\n{'':<11}")
            )
        elif "chart" in kind:
            print("chart")
        elif kind == "button":
            print(f"{kind:<10} {element.label}")
        elif kind == "exception":
            print(f"{kind:<10} {element.message}")
        elif hasattr(element, "value"):
            print(f"{kind:<10} {element.value}")


class Frame:
    """The page in a frame under the cell; in words where there is no browser."""

    def __init__(self, address: str = "") -> None:
        self.address = address

    def __repr__(self) -> str:
        return (
            "The page is not served from here. Run this cell by hand and it opens below the cell; "
            "or type: python run.py app"
            if not self.address
            else f"The page is at {self.address}"
        )

    def _repr_html_(self) -> str:
        if not self.address:
            return f"<p>{self!r}</p>"
        return (
            f'<iframe src="{self.address}" title="New York departures 2013" width="100%" '
            f'height="{HEIGHT}" style="border: 1px solid var(--jp-border-color2, #ccc)"></iframe>'
            f'<p><a href="{self.address}" target="_blank">Open it in a tab of its own</a></p>'
        )


def show_page(settings: Settings) -> Frame:
    """Serve the page over the database of the settings as long as the kernel lives, and show it.

    Only where a person runs the cell: nothing is started in a test.
    """
    if not somebody_types():
        return Frame()
    url = settings.database_url.render_as_string(hide_password=False)
    if url not in _servers or _servers[url][0].poll() is not None:
        port = next_free_port(FIRST_PORT)
        process = subprocess.Popen(
            [sys.executable, "-m", "lib.page.server", str(port)],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url, "WORKBOOK_DIR": str(settings.home)},
            stdin=subprocess.PIPE,  # which ends with this process, and the server with it
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        atexit.register(process.terminate)
        _servers[url] = (process, port)
        answers(process, port, "/_stcore/health")
    return Frame(address_of(_servers[url][1]))

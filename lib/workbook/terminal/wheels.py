"""Tiny packages, made on the spot, so that installing can be taught without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile


def make_wheel(folder: Path, name: str, version: str, code: str, needs: Sequence[str] = ()) -> Path:
    """Write a package of one module, as pip installs it, into the folder; return the file.

    `needs` are requirements, such as "clock>=2". A wheel is a zip archive with a fixed layout:
    https://packaging.python.org/en/latest/specifications/binary-distribution-format/
    """
    info = f"{name}-{version}.dist-info"
    metadata = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {n}" for n in needs)]
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", *metadata, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: workbook\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    # Hashes in RECORD are optional; a line for each file is not.
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path

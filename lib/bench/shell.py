"""The sqlite3 program. Imports nothing large: the memory is to be the program's, not Python's."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def unpacked(file: Path) -> Iterator[Path]:
    """Give the CSV file, or the one in a zip, unpacked for the block."""
    if file.suffix != ".zip":
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        with zipfile.ZipFile(file) as archive:
            name = archive.namelist()[0]
            with archive.open(name) as packed, Path(folder, "rows.csv").open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)
        yield Path(folder, "rows.csv")


def sqlite3_shell(url: str, file: Path) -> None:
    """sqlite3: .import into a staging table, then an upsert; foreign keys off, its default"""
    database = url.removeprefix("sqlite:///")
    with unpacked(file) as plain:
        with plain.open(encoding="utf-8") as stream:
            names = stream.readline().strip().split(",")
        values = [f"nullif({name}, 'NA')" for name in names]
        values[names.index("time_hour")] = "replace(replace(time_hour, 'T', ' '), 'Z', '')"
        keys = ("time_hour", "carrier", "flight")
        others = [f"{name} = excluded.{name}" for name in names if name not in keys]
        script = "\n".join(
            [
                ".bail on",
                f"CREATE TEMP TABLE staging ({', '.join(names)});",
                f".import --csv --skip 1 {plain.name} staging",
                f"INSERT INTO flights ({', '.join(names)}) SELECT {', '.join(values)} FROM staging",
                f"WHERE true ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(others)};",
            ]
        )
        done = subprocess.run(
            ["sqlite3", "-batch", str(Path(database).resolve())],
            input=script,
            cwd=plain.parent,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or done.stderr:
        raise RuntimeError(f"sqlite3 ended with exit code {done.returncode}: {done.stderr}")

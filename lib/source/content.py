"""What a file is, by its first bytes and not by its name alone; and how it is opened.

A file that can be read only once (a FIFO, the standard input) is copied first: its header, its rows
and the search for a fault each need a look at it.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import hashlib
import lzma
import mmap
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import pyarrow as pa

from lib.errors import PipelineError

STDIN = Path("-")
HEAD_BYTES = 264  # they tell what a file is; the word "ustar" of a tar archive is the last of them
COPIED_BYTES = 1 << 20  # at once

# What a damaged file makes its readers raise; RuntimeError: a zip with a password.
UNREADABLE: tuple[type[Exception], ...] = (OSError, EOFError, RuntimeError, UnicodeDecodeError)
UNREADABLE += (zipfile.BadZipFile, zlib.error, lzma.LZMAError, csv.Error, pa.ArrowInvalid)

_PACKED = {
    "zip": re.compile(rb"PK(\x03\x04|\x05\x06)"),
    "gzip": re.compile(rb"\x1f\x8b"),
    "bzip2": re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
}
_UNPACK: dict[str, Callable[[Any], Any]] = {
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
}
_NAMED = {".zip": "zip", ".gz": "gzip", ".bz2": "bzip2", ".xz": "xz"}

_SAVE = "Save its table as CSV (UTF-8) in the program that reads it, then load that file."
_READ = "Load what Arrow reads: bulk_load(connection, Model, {}({!r}))."
_TAKE_OUT = "Unpack it, then load the file that was in it."
# What begins with these bytes is no CSV; what it is, and what to do.
_FOREIGN = (
    (rb"PAR1", "a Parquet file", _READ.format("pyarrow.parquet.read_table", "{path}")),
    (rb"ARROW1", "an Arrow file", _READ.format("pyarrow.feather.read_table", "{path}")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a file of an old Office, such as .xls", _SAVE),
    (rb"%PDF-", "a PDF", _SAVE),
    (rb"SQLite format 3\x00", "an SQLite database", _SAVE),
    (rb"\s*(?i:<!doctype html|<html)", "a page of HTML", _SAVE),
    (rb"\s*<\?xml", "an XML document", _SAVE),
    (rb"\x28\xb5\x2f\xfd", "packed by Zstandard", _TAKE_OUT),
    (rb"\x04\x22\x4d\x18", "packed by LZ4", _TAKE_OUT),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _TAKE_OUT),
    (rb"Rar!\x1a\x07", "a RAR archive", _TAKE_OUT),
    (rb"(?s:.{257})ustar", "a tar archive", _TAKE_OUT),
)
# Marks at the start of a text, which tell its encoding; UTF-32's begins as UTF-16's does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


# --- What can be read only once ---------------------------------------------------------------


def read_once(path: Path) -> bool:
    """Tell whether a path gives its bytes only once: a FIFO, a device, the standard input."""
    if path == STDIN:
        return not path.exists()
    # Where /dev/stdin is a file, it may share its position with the shell.
    devices = path.is_relative_to("/dev") and not path.is_relative_to("/dev/shm")
    return path.exists() and not path.is_dir() and (devices or not path.is_file())


def copied(path: Path) -> tuple[pa.Buffer, str]:
    """Return all bytes of what can be read only once, and their SHA-256.

    They lie in a temporary file without a name: a load that is killed leaves nothing behind.
    """
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as kept:
        with _once(path) as stream:
            for data in iter(partial(stream.read, COPIED_BYTES), b""):
                digest.update(data)
                kept.write(data)
        kept.flush()
        # What is empty cannot be mapped.
        mapped = mmap.mmap(kept.fileno(), 0, access=mmap.ACCESS_READ) if kept.tell() else b""
    return pa.py_buffer(mapped), digest.hexdigest()


@contextmanager
def _once(path: Path) -> Iterator[BinaryIO]:
    if path != STDIN:
        with path.open("rb") as stream:
            yield stream
        return
    stdin = getattr(sys.stdin, "buffer", None)
    if stdin is None:
        raise PipelineError("There is no standard input here, as in a notebook.", "Name a file.")
    yield stdin


def fingerprint_of(path: Path) -> tuple[int, str]:
    """Return the size of a file, in bytes, and its SHA-256."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return file.tell(), digest
    except OSError as error:
        raise PipelineError(
            f"{path.name} cannot be read ({error.strerror}).", "Check that it is still there."
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file; raises PipelineError for a folder, which Windows would call forbidden."""
    if path.is_dir():
        raise PipelineError(
            f"{path.name} cannot be read: it is a folder.",
            "Load the files in it: load_files(db, Model, folder).",
        )
    with path.open("rb") as file:
        yield file


def open_quote(name: str, line: int) -> PipelineError:
    """Return what to tell of a quotation mark that is opened in this line, and never closed."""
    return PipelineError(
        f"{name}, line {line}: a quotation mark is not closed.",
        "Close it, or write it twice where it belongs to a value, then load again.",
    )


def unreadable(name: str, error: Exception) -> PipelineError:
    """Return in words what the system says of a file, or what those say who unpack and split it."""
    if isinstance(error, OSError) and error.errno is not None:
        return PipelineError(
            f"{name} cannot be read ({error.strerror}).",
            "Look whether you may read it, and whether its disk is there.",
        )
    return PipelineError(
        f"{name} cannot be read as CSV: {error}.", "Replace the file, then load again."
    )


# --- What is packed, and what is no CSV -------------------------------------------------------


def head_of(stream: BinaryIO) -> bytes:
    """Return the first bytes of a stream, and put it back to its start."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


@contextmanager
def unpacked(
    stream: BinaryIO, path: Path, size: int | None = None, *, outside: bool = True
) -> Iterator[tuple[BinaryIO, int | None]]:
    """Give the text that a file holds, however it is packed, and how many bytes that is.

    `size` is the file's own. What gzip and others packed is known by reading only: None.

    Raises PipelineError where it is no CSV, or is not what its name promises: then it is damaged,
    or was unpacked.
    """
    head = head_of(stream)
    kind = next((kind for kind, magic in _PACKED.items() if magic.match(head)), None)
    named = _NAMED.get(path.suffix.lower())
    if outside and named and named != kind:
        raise PipelineError(
            f"{path.name} cannot be read as CSV: its name promises {named}, and it is no {named}.",
            "Replace the file; where it is plain text, take the ending off its name.",
        )
    if kind is None:
        refuse_foreign(head, path)
        yield stream, size
    elif kind == "zip":
        with zipfile.ZipFile(stream) as archive:
            info = _csv_member(archive, path)
            with archive.open(info) as member:
                inner = cast(BinaryIO, member)
                with unpacked(inner, path, info.file_size, outside=False) as text:
                    yield text
    else:
        with _UNPACK[kind](stream) as inner, unpacked(inner, path, outside=False) as text:
            yield text


def _csv_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """Return the one CSV file in a zip; what a Mac puts beside it does not count."""
    names = archive.namelist()
    for mark, what in (("[Content_Types].xml", "an Office file"), ("META-INF/manifest.xml", "")):
        if mark in names:
            what = "an Excel file" if any(name.startswith("xl/") for name in names) else what
            raise _no_csv(path, what or "a file of an office program", _SAVE)
    members = [
        name
        for name in names
        if name.lower().endswith(".csv")
        if not name.startswith("__MACOSX/") and not PurePosixPath(name).name.startswith(".")
    ]
    if len(members) != 1:
        raise PipelineError(
            f"{path.name} holds {len(members)} CSV files; one is expected.",
            "Pack each table into a zip of its own.",
        )
    return archive.getinfo(members[0])


def refuse_foreign(head: bytes, path: Path) -> None:
    """Raise PipelineError for a file that is no CSV by its first bytes."""
    for magic, what, fix in _FOREIGN:
        if re.match(magic, head):
            raise _no_csv(path, what, fix.replace("'{path}'", repr(path.as_posix())))


def _no_csv(path: Path, what: str, fix: str) -> PipelineError:
    return PipelineError(f"{path.name} is no CSV file: it is {what}.", fix)


# --- The encoding -----------------------------------------------------------------------------


def codec_of(head: bytes, said: str, path: Path) -> str:
    """Return Python's name of the encoding: what is said, or what a mark at the start tells.

    Raises PipelineError for a name that Python does not know, and for UTF-16 without a mark, which
    would pass for UTF-8.
    """
    try:
        "x".encode(said)  # some codecs are none of texts
        codec = codecs.lookup(said).name
    except (LookupError, ValueError, TypeError):
        raise PipelineError(
            f"Python knows no encoding {said!r}.", "Try 'utf-8' or 'latin-1'."
        ) from None
    if codec.startswith("utf"):
        codec = next((marked for mark, marked in _MARKS if head.startswith(mark)), codec)
    if codec == "utf-8":
        for half, name in ((head[1::2], "utf-16-le"), (head[::2], "utf-16-be")):
            if len(half) > 1 and not half.strip(b"\0") and head.strip(b"\0"):
                raise PipelineError(
                    f"{path.name} is not utf-8 text: every second byte at its start is 0, as in "
                    "UTF-16 without a mark.",
                    f"Name its encoding: CsvSource(path, encoding={name!r}).",
                )
    return codec

"""Answers to exercise 1.2: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from lib.workbook.course.exercise import Word, Wrong

NAME = ".python-version"


def choosing(places, *, default="system", read=lambda file: file.read_text().strip()):
    """Return the answer that takes the first of these places: `places` lists them for a folder."""

    def chosen_version(folder, root):
        for file in places(folder, root):
            if file.exists():
                return read(file)
        return default

    return chosen_version


def all_places(folder, root):
    return [*(place / NAME for place in (folder, *folder.parents)), root / "version"]


def in_one_list():
    def chosen_version(folder, root):
        places = [place / NAME for place in (folder, *folder.parents)]
        found = [
            file.read_text().split()[0] for file in [*places, root / "version"] if file.exists()
        ]
        return next(iter(found), "system")

    return chosen_version


def going_up_by_itself():
    def chosen_version(folder, root):
        file = folder / NAME
        if file.is_file():
            return file.read_text(encoding="utf-8").rstrip("\n")
        if folder.parent != folder:
            return chosen_version(folder.parent, root)
        file = root / "version"
        return file.read_text(encoding="utf-8").rstrip("\n") if file.is_file() else "system"

    return chosen_version


def with_a_while():
    def chosen_version(folder, root):
        while not (folder / NAME).exists() and folder != folder.parent:
            folder = folder.parent
        for file in (folder / NAME, root / "version"):
            if file.exists():
                return file.read_text()[:-1]
        return "system"

    return chosen_version


def asking_forgiveness():
    def chosen_version(folder, root):
        for file in all_places(folder, root):
            with suppress(OSError), open(file, encoding="utf-8") as stream:
                return stream.readline().strip()
        return "system"

    return chosen_version


def with_os_path():
    def chosen_version(folder, root):
        here = str(folder)
        while True:
            file = os.path.join(here, NAME)
            if os.path.isfile(file):
                break
            if os.path.dirname(here) == here:
                file = os.path.join(root, "version")
                break
            here = os.path.dirname(here)
        if not os.path.exists(file):
            return "system"
        with open(file) as stream:
            return stream.read().strip()

    return chosen_version


def the_last_written_wins():
    def chosen_version(folder, root):
        version = "system"
        for file in reversed(all_places(folder, root)):
            if file.exists():
                version = file.read_text().strip()
        return version

    return chosen_version


ALSO_RIGHT = (
    in_one_list,
    going_up_by_itself,
    with_a_while,
    asking_forgiveness,
    with_os_path,
    the_last_written_wins,
)


def only_here():
    return choosing(lambda folder, root: [folder / NAME, root / "version"])


def global_first():
    return choosing(
        lambda folder, root: [
            root / "version",
            *(place / NAME for place in (folder, *folder.parents)),
        ]
    )


def from_the_top():
    return choosing(
        lambda folder, root: [
            *(place / NAME for place in reversed([folder, *folder.parents])),
            root / "version",
        ]
    )


def with_line_end():
    return choosing(all_places, read=lambda file: file.read_text())


def asks_the_window_first():
    def chosen_version(folder, root):
        return os.environ.get("PYENV_VERSION") or in_one_list()(folder, root)

    return chosen_version


def takes_the_newest():
    def chosen_version(folder, root):
        found = [
            file.read_text().strip() for file in all_places(folder, root)[:-1] if file.exists()
        ]
        if found:
            return max(found)
        file = root / "version"
        return file.read_text().strip() if file.exists() else "system"

    return chosen_version


def only_digits():
    return choosing(
        all_places, read=lambda file: re.findall(r"\d+\.\d+(?:\.\d+)?", file.read_text())[0]
    )


def version_in_each_folder():
    return choosing(
        lambda folder, root: [
            *(place / name for place in (folder, *folder.parents) for name in (NAME, "version")),
            root / "version",
        ]
    )


def in_the_root_too():
    return choosing(
        lambda folder, root: [*all_places(folder, root)[:-1], root / NAME, root / "version"]
    )


def below_as_well():
    def chosen_version(folder, root):
        for file in [*all_places(folder, root)[:-1], *folder.parent.rglob(NAME), root / "version"]:
            if file.exists():
                return file.read_text().strip()
        return "system"

    return chosen_version


def without_the_global_file():
    return choosing(lambda folder, root: all_places(folder, root)[:-1])


def trusts_the_global_file():
    def chosen_version(folder, root):
        for place in (folder, *folder.parents):
            if (place / NAME).exists():
                return (place / NAME).read_text().strip()
        return (root / "version").read_text().strip() if (root / "version").exists() else ""

    return chosen_version


def nothing_for_system():
    return choosing(all_places, default=None)


def remembers_the_first():
    known: dict[Path, str] = {}

    def chosen_version(folder, root):
        return known.setdefault(folder, in_one_list()(folder, root))

    return chosen_version


def stops_at_home():
    def chosen_version(folder, root):
        for place in (folder, *folder.parents):
            if place.name == "home":
                break
            if (place / NAME).exists():
                return (place / NAME).read_text().strip()
        return (root / "version").read_text().strip() if (root / "version").exists() else "system"

    return chosen_version


def joins_text():
    def chosen_version(folder, root):
        for place in [folder, *folder.parents]:
            if os.path.exists(place + "/" + NAME):
                return open(place + "/" + NAME).read().strip()
        return open(root + "/version").read().strip()

    return chosen_version


WRONG = (
    Wrong(only_here, "is two folders above", "looks into the one folder only"),
    Wrong(global_first, "which comes before the global file", "lets the global choice win"),
    Wrong(from_the_top, "the nearest one counts", "searches from the top downwards"),
    Wrong(takes_the_newest, "the nearest one counts", "takes the greatest, not the nearest"),
    Wrong(with_line_end, "the line end of its file", "hands on the text of the file as it is"),
    Wrong(asks_the_window_first, "left aside", "reads the variable, which the task leaves aside"),
    Wrong(only_digits, "'pypy3.10-7.3.17' is expected", "believes that a version is numbers"),
    Wrong(
        version_in_each_folder,
        "counts in `root` alone",
        "looks for the global file in each folder",
    ),
    Wrong(in_the_root_too, "not below it", "looks for a choice of pyenv's own folder"),
    Wrong(below_as_well, "says nothing about", "finds files that are beside the folder"),
    Wrong(without_the_global_file, "Only the global file is there", "forgets the global file"),
    Wrong(trusts_the_global_file, "There is no file anywhere", "has no word for the system's"),
    Wrong(nothing_for_system, "returns nothing", "returns None where nothing was chosen"),
    Wrong(remembers_the_first, "is expected", "remembers an answer, though files change"),
    Wrong(stops_at_home, "The folder above has a", "stops before the top"),
    Wrong(lambda: "3.12.9", "the function itself", "handed over a version, not a function"),
)
WORDS = (
    Word("Write `chosen_version(folder, root)`", "the function is handed over", lambda: "3.12.9"),
    Word("Both are `Path` objects", "it is called with two paths", joins_text),
    Word(
        "the version that pyenv would choose in `folder`, as text",
        "two folders, and a version that is no number",
        only_digits,
    ),
    Word(
        "what the nearest `.python-version` says, in the folder or above it",
        "files in three folders, of which the nearest has the lowest version",
        from_the_top,
    ),
    Word(
        "otherwise what the file `version` in `root` says",
        "a file `version` in `root`, and another in the folder",
        version_in_each_folder,
    ),
    Word("without any file, `system`", "no file, at first and at the end", trusts_the_global_file),
    Word("Each file holds one version and a line end", "the line end", with_line_end),
    Word(
        "Leave `PYENV_VERSION` aside",
        "the variable is set while the check runs",
        asks_the_window_first,
    ),
)

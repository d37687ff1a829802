"""Answers to exercise 1.4: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from lib.workbook.course.exercise import Word, Wrong


def pins_of(lock, name_of=canonicalize_name):
    """Return the versions in a lock, by name."""
    return {name_of(name): version for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", lock)}


def misfits(*, pins=pins_of, name_of=canonicalize_name, fits=None, says=lambda each: each.name):
    """Return the answer made of these parts."""
    fits = fits or (lambda each, version: each.specifier.contains(version))

    def not_fitting(wanted, lock):
        known = pins(lock)
        names = []
        for each in map(Requirement, wanted):
            version = known.get(name_of(each.name))
            if version is None or not fits(each, version):
                names.append(says(each))
        return names

    return not_fitting


def as_a_set():
    def not_fitting(wanted, lock):
        pins = dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", lock))
        pins = {canonicalize_name(name): version for name, version in pins.items()}
        names = set()
        for each in wanted:
            asked = Requirement(each)
            version = pins.get(canonicalize_name(asked.name))
            if version is None or version not in asked.specifier:
                names.add(asked.name)
        return names

    return not_fitting


def read_as_requirements():
    def not_fitting(wanted, lock):
        lines = [line for line in lock.splitlines() if not line.startswith((" ", "#"))]
        locked = {canonicalize_name(each.name): each for each in map(Requirement, lines)}

        def fits(each):
            pin = locked.get(canonicalize_name(each.name))
            return pin and all(each.specifier.contains(one.version) for one in pin.specifier)

        return [each.name for each in map(Requirement, wanted) if not fits(each)]

    return not_fitting


def as_a_generator():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        for each in map(Requirement, wanted):
            if pins.get(canonicalize_name(each.name), "0.dev0") not in each.specifier or (
                canonicalize_name(each.name) not in pins
            ):
                yield canonicalize_name(each.name)

    return not_fitting


def small_letters_by_hand():
    def name_of(name):
        return re.sub(r"[-_.]+", "-", name).lower()

    return misfits(pins=lambda lock: pins_of(lock, name_of), name_of=name_of)


ALSO_RIGHT = (
    as_a_set,
    read_as_requirements,
    as_a_generator,
    small_letters_by_hand,
)


def only_missing():
    return misfits(fits=lambda each, version: True)


def only_other_versions():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        return [
            each.name
            for each in map(Requirement, wanted)
            if canonicalize_name(each.name) in pins
            and pins[canonicalize_name(each.name)] not in each.specifier
        ]

    return not_fitting


def as_text():
    def fits(each, version):
        lowest = [spec.version for spec in each.specifier if spec.operator == ">="]
        return not lowest or version >= lowest[0]

    return misfits(fits=fits)


def lower_bounds_only():
    def fits(each, version):
        lowest = [spec.version for spec in each.specifier if spec.operator == ">="]
        return not lowest or Version(version) >= Version(lowest[0])

    return misfits(fits=fits)


def anywhere_in_the_text():
    return lambda wanted, lock: [
        Requirement(each).name for each in wanted if Requirement(each).name not in lock
    ]


def comments_count():
    return misfits(
        pins=lambda lock: {
            canonicalize_name(name): version
            for name, version in re.findall(r"([\w.-]+)==([\w.]+)", lock)
        }
    )


def begins_like_it():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        names = []
        for each in map(Requirement, wanted):
            found = [pins[name] for name in pins if name.startswith(canonicalize_name(each.name))]
            if not found or found[0] not in each.specifier:
                names.append(each.name)
        return names

    return not_fitting


def capitals_count():
    return misfits(pins=lambda lock: pins_of(lock, str), name_of=str)


def dashes_count():
    return misfits(pins=lambda lock: pins_of(lock, str.lower), name_of=str.lower)


def brackets_are_part_of_the_name():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        names = []
        for each in wanted:
            name, limits = re.findall(r"^([^<>=!~]+)(.*)$", each)[0]
            version = pins.get(canonicalize_name(name))
            if version is None or version not in SpecifierSet(limits):
                names.append(name)
        return names

    return not_fitting


def conditions_are_left_out():
    return misfits(
        pins=lambda lock: pins_of("\n".join(row for row in lock.splitlines() if ";" not in row))
    )


def for_this_system_only():
    def pins(lock):
        rows = [Requirement(row) for row in lock.splitlines() if row[0] != " "]
        rows = [row for row in rows if not row.marker or row.marker.evaluate()]
        return {canonicalize_name(row.name): str(row.specifier)[2:] for row in rows}

    return misfits(pins=pins)


def whole_requirements():
    return misfits(says=str)


def the_objects():
    return misfits(says=lambda each: each)


def none_when_all_fit():
    return lambda wanted, lock: misfits()(wanted, lock) or None


def first_only():
    return lambda wanted, lock: misfits()(wanted, lock)[:1]


def remembers_the_lock():
    names = []

    def not_fitting(wanted, lock):
        names.extend(misfits()(wanted, lock))
        return names

    return not_fitting


def equal_text():
    def fits(each, version):
        return all(
            spec.version == version if spec.operator == "==" else spec.contains(version)
            for spec in each.specifier
        )

    return misfits(fits=fits)


WRONG = (
    Wrong(only_missing, "3.2 or newer is wanted", "looks for the names, not at the versions"),
    Wrong(only_other_versions, "dask is not in the lock", "looks only at packages that are there"),
    Wrong(as_text, "versions are numbers between dots", "compares versions as text"),
    Wrong(lower_bounds_only, "below 3.1 is wanted", "knows no bound but the lower one"),
    Wrong(equal_text, "4.70 and 4.70.0 are equal", "takes equal versions for equal texts"),
    Wrong(
        anywhere_in_the_text,
        "dask-expr is another package",
        "searches the text of the lock for a name",
    ),
    Wrong(comments_count, "in a comment only", "reads the comments as well"),
    Wrong(begins_like_it, "dask-expr is another", "takes a name that begins like it"),
    Wrong(capitals_count, "know no capitals", "takes two spellings for two packages"),
    Wrong(dashes_count, "`-`, `_` and `.` are the same", "makes the letters small, and no more"),
    Wrong(
        brackets_are_part_of_the_name,
        "'black[jupyter]'",
        "takes the extras for a part of the name",
    ),
    Wrong(conditions_are_left_out, "After the ; stands", "leaves out the lines with a condition"),
    Wrong(for_this_system_only, "After the ; stands", "asks whether a line is for this machine"),
    Wrong(whole_requirements, "the name alone", "returns what is wanted, not its name"),
    Wrong(the_objects, "is of type Requirement", "returns objects that have a name"),
    Wrong(none_when_all_fit, "returns None; an empty list", "returns None for an empty list"),
    Wrong(first_only, "should come back", "stops at the first"),
    Wrong(remembers_the_lock, "should come back", "keeps what an earlier call has found"),
    Wrong(lambda: [], "the function itself", "handed over a list, not a function"),
)
WORDS = (
    Word("Write `not_fitting(wanted, lock)`", "the function is handed over", lambda: []),
    Word(
        '`wanted` is a list such as `["pandas>=3.1,<4", "black[jupyter]"]`',
        "two bounds after one name, and extras in brackets",
        brackets_are_part_of_the_name,
    ),
    Word("`lock` is the text of a lock", "names in comments", anywhere_in_the_text),
    Word(
        "Conditions do not count here: a line for another system is locked, too",
        "lines for Windows and for macOS, so that one is for another system everywhere",
        for_this_system_only,
    ),
    Word("Return the names", "wanted packages with bounds and brackets", whole_requirements),
    Word("that the lock does not have", "dask, scipy and pandas-stubs", only_other_versions),
    Word(
        "or has at a version that is not allowed",
        "bounds from below, from above, both, `!=`, `==` and `~=`",
        only_missing,
    ),
    Word(
        "A line of the lock is `name==version`, perhaps with a condition after ` ; `",
        "lines with a condition, for this system and for another",
        conditions_are_left_out,
    ),
    Word(
        "or a comment, which begins with spaces and `#`",
        "a comment with `==` in it",
        comments_count,
    ),
    Word(
        "The two may write the same name differently: with capitals, or with `_` or `.` for `-`",
        "`PyMySQL`, `Jinja2` and `typing_extensions`",
        dashes_count,
    ),
)

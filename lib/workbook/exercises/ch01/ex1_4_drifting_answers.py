"""Answers to exercise 1.4: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

import re
from collections import ChainMap

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


def sorted_names():
    return lambda wanted, lock: sorted(misfits()(wanted, lock))


def small_letters_by_hand():
    def name_of(name):
        return re.sub(r"[-_.]+", "-", name).lower()

    return misfits(pins=lambda lock: pins_of(lock, name_of), name_of=name_of)


def as_versions():
    return misfits(fits=lambda each, version: each.specifier.contains(Version(version)))


def by_filter():
    return misfits(fits=lambda each, version: [*each.specifier.filter([version])])


def two_passes():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        missing = [each for each in wanted if canonicalize_name(Requirement(each).name) not in pins]
        there = [Requirement(each) for each in wanted if each not in missing]
        wrong = [each for each in there if pins[canonicalize_name(each.name)] not in each.specifier]
        return [Requirement(each).name for each in missing] + [each.name for each in wrong]

    return not_fitting


def requirements_taken_apart_by_hand():
    def not_fitting(wanted, lock):
        names = []
        for each in wanted:
            name, limits = re.fullmatch(r"([\w.-]+)(?:\[.*\])?(.*)", each).groups()
            version = pins_of(lock).get(canonicalize_name(name))
            if not (version and SpecifierSet(limits).contains(version)):
                names.append(name)
        return tuple(names)

    return not_fitting


def keys_of_a_dict():
    def not_fitting(wanted, lock):
        pins = ChainMap({}, pins_of(lock))
        found = {}
        for each in map(Requirement, wanted):
            if pins.get(canonicalize_name(each.name)) is None:
                found[each.name] = "missing"
            elif not each.specifier.contains(pins[canonicalize_name(each.name)]):
                found[each.name] = "other version"
        return found.keys()

    return not_fitting


ALSO_RIGHT = (
    as_a_set,
    read_as_requirements,
    as_a_generator,
    sorted_names,
    small_letters_by_hand,
    as_versions,
    by_filter,
    two_passes,
    requirements_taken_apart_by_hand,
    keys_of_a_dict,
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


def first_bound_only():
    return misfits(
        fits=lambda each, version: all(
            spec.contains(version) for spec in sorted(each.specifier, key=str)[-1:]
        )
    )


def one_bound_is_enough():
    return misfits(
        fits=lambda each, version: not each.specifier
        or any(spec.contains(version) for spec in each.specifier)
    )


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


def capitals_of_the_wanted_only():
    return misfits(pins=lambda lock: pins_of(lock, str), name_of=canonicalize_name)


def dashes_count():
    return misfits(pins=lambda lock: pins_of(lock, str.lower), name_of=str.lower)


def brackets_are_part_of_the_name():
    def not_fitting(wanted, lock):
        pins = pins_of(lock)
        names = []
        for each in wanted:
            name, limits = re.fullmatch(r"([^<>=!~]+)(.*)", each).groups()
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


def names_with_versions():
    return misfits(says=lambda each: f"{each.name} {each.specifier}")


def those_that_fit():
    def not_fitting(wanted, lock):
        return [Requirement(each).name for each in wanted if not misfits()([each], lock)]

    return not_fitting


def joined_text():
    return lambda wanted, lock: ", ".join(misfits()(wanted, lock))


def how_many():
    return lambda wanted, lock: len(misfits()(wanted, lock))


def true_or_false():
    return lambda wanted, lock: not misfits()(wanted, lock)


def none_when_all_fit():
    return lambda wanted, lock: misfits()(wanted, lock) or None


def silent():
    def not_fitting(wanted, lock):
        print(misfits()(wanted, lock))

    return not_fitting


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
    Wrong(first_bound_only, "below 3.1 is wanted", "reads one bound of two"),
    Wrong(
        one_bound_is_enough, "below 3.1 is wanted", "takes a version that keeps one bound of two"
    ),
    Wrong(equal_text, "4.70 and 4.70.0 are equal", "takes equal versions for equal texts"),
    Wrong(
        anywhere_in_the_text,
        "dask-expr is another package",
        "searches the text of the lock for a name",
    ),
    Wrong(comments_count, "in a comment only", "reads the comments as well"),
    Wrong(begins_like_it, "dask-expr is another", "takes a name that begins like it"),
    Wrong(capitals_count, "know no capitals", "takes two spellings for two packages"),
    Wrong(capitals_of_the_wanted_only, "in either of the files", "makes one of the sides small"),
    Wrong(dashes_count, "`-`, `_` and `.` are the same", "makes the letters small, and no more"),
    Wrong(
        brackets_are_part_of_the_name,
        "'black[jupyter]'",
        "takes the extras for a part of the name",
    ),
    Wrong(conditions_are_left_out, "After the ; stands", "leaves out the lines with a condition"),
    Wrong(for_this_system_only, "After the ; stands", "asks whether a line is for this machine"),
    Wrong(whole_requirements, "the name alone", "returns what is wanted, not its name"),
    Wrong(names_with_versions, "the name alone", "returns more than the name"),
    Wrong(the_objects, "is of type Requirement", "returns objects that have a name"),
    Wrong(those_that_fit, "your function returns ['tqdm']; ['dask']", "returns those that fit"),
    Wrong(joined_text, "a list of names", "returns one text"),
    Wrong(how_many, "a list of names", "counts them"),
    Wrong(true_or_false, "a list of names", "says whether all fit"),
    Wrong(none_when_all_fit, "returns None; an empty list", "returns None for an empty list"),
    Wrong(silent, "returns None; ['dask']", "prints the names, and returns nothing"),
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
        "The two may write a name in other ways: capitals, or `_` and `.` for `-`",
        "`PyMySQL`, `Jinja2` and `typing_extensions`",
        dashes_count,
    ),
)

"""Answers to exercise 2.1: right ones, wrong ones, and those that ignore a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from textwrap import dedent

from lib.workbook.course.exercise import Word, Wrong

LINES = {
    "black": "line-length = {length}",
    "profile": 'profile = "black"',
    "isort": "line_length = {length}",
    "flake8": "max-line-length = {length}",
    "ignored": "extend-ignore = E203, E701",
    "more": "",  # of black's section
}


def variant(**changes):
    """Return the right settings, with some of their lines replaced."""
    lines = LINES | changes

    def truce(length):
        ready = {key: line.format(length=length) for key, line in lines.items()}
        return (
            "[tool.black]\n{black}\n{more}\n[tool.isort]\n{profile}\n{isort}\n".format(**ready),
            "[flake8]\n{flake8}\n{ignored}\n".format(**ready),
        )

    return truce


def in_isorts_own_words():
    def truce(length):
        project = f"""
tool.black.line-length = {length}
tool.isort.multi_line_output = 3
tool.isort.include_trailing_comma = true
tool.isort.line_length = {length}
"""
        return [project, f"[flake8]\nmax-line-length={length}\nignore=E203,E701,W503,W504"]

    return truce


def with_underscores_and_the_default_list():
    return variant(
        black="line_length = {length}",
        flake8="max_line_length = {length}",
        ignored="ignore = E121, E123, E126, E203, E226, E24, E701, E704, W503, W504",
    )


def whole_groups_one_below_the_other():
    return variant(
        ignored="extend-ignore =\n    E2,\n    E3,\n    E7\nextend-select = E711, E722",
        more="skip-string-normalization = true",
    )


def more_settings():
    def truce(length):
        project = f"""
            [project]
            name = "delays"

            [tool.isort]
            profile = "black"
            line_length = {length}
            known_first_party = ["lib"]

            [tool.black]
            target-version = ["py311"]
            line-length = {length}
        """
        flake8 = f"""
            [flake8]
            extend-ignore = E203, E701, E704
            max-line-length = {length}
            max-complexity = 20
            statistics = true
        """
        return dedent(project), dedent(flake8)

    return truce


def in_tables():
    def truce(length):
        return (
            f"tool = {{black = {{line-length = {length}}}, "
            f"isort = {{profile = 'black', line_length = {length}}}}}",
            f"# black's style\n[flake8]\nmax-line-length: {length}\nextend-ignore: E203 E701\n",
        )

    return truce


ALSO_RIGHT = (
    in_isorts_own_words,
    with_underscores_and_the_default_list,
    whole_groups_one_below_the_other,
    more_settings,
    in_tables,
)


def forgot_the_f():
    def truce(length):
        project = """
[tool.black]
line-length = {length}
[tool.isort]
profile = "black"
line_length = {length}
"""
        return project, f"[flake8]\nmax-line-length = {length}\nextend-ignore = E203, E701\n"

    return truce


def always(width):
    """Return the right settings for one length, whatever is asked for."""
    return lambda length: variant()(width)


def at_least_black():
    return lambda length: variant()(max(length, 88))


def the_other_way_round():
    return lambda length: variant()(length)[::-1]


def in_one_text():
    return lambda length: "\n".join(variant()(length))


def prints_them():
    def truce(length):
        print(*variant()(length), sep="\n")

    return truce


WRONG = (
    Wrong(
        lambda: variant(profile=""),
        "One setting makes isort write as black does",
        "believes that the same length of line is enough",
    ),
    Wrong(
        lambda: variant(isort=""),
        "below [tool.isort] `line_length` is not there",
        "expects isort's profile to read black's settings; it copies their defaults",
    ),
    Wrong(
        lambda: variant(isort="line_length = 200"),
        "below [tool.isort] `line_length` is 200",
        "gives isort more room than black has",
    ),
    Wrong(
        lambda: variant(profile='profile = "google"'),
        "isort changes a file that is in black's style",
        "takes another profile for black's",
    ),
    Wrong(
        lambda: variant(ignored="ignore = E203, E701"),
        "`extend-ignore` adds to it",
        "takes ignore for extend-ignore, and loses the list that flake8 brings",
    ),
    Wrong(
        lambda: variant(flake8=""),
        "`max-line-length` is not there, which is 79",
        "forgets that flake8 has a length of line of its own, 79",
    ),
    Wrong(
        lambda: variant(flake8="", ignored="extend-ignore = E203, E701, E501"),
        "says nothing of a line of 111 columns",
        "silences flake8's length in place of setting it",
    ),
    Wrong(
        lambda: variant(flake8="max-line-length = 120"),
        "`max-line-length` is 120",
        "gives flake8 more room than the others have",
    ),
    Wrong(
        lambda: variant(ignored="extend-ignore = E203"),
        "flake8 complains of E701, a class on one line",
        "forgets one of the two rules that contradict black",
    ),
    Wrong(
        lambda: variant(ignored="extend-ignore = E701"),
        "flake8 complains of E203, the space",
        "forgets the other one",
    ),
    Wrong(
        lambda: variant(ignored="extend-ignore = E, W\nextend-select = E501"),
        "no longer finds E711, E722",
        "silences all rules of style, those that no layout settles, too",
    ),
    Wrong(
        lambda: variant(ignored="extend-ignore = E203, E701, F"),
        "no longer finds F401, F821",
        "silences what finds errors",
    ),
    Wrong(
        lambda: variant(ignored="extend-ignore = E203, E701  # black"),
        "flake8 cannot work with this .flake8",
        "writes a comment where flake8 reads a rule",
    ),
    Wrong(lambda: always(100), "`line_length` is 100", "typed the length of a team they know"),
    Wrong(at_least_black, "`line_length` is 88", "does not allow less than black's length"),
    Wrong(
        lambda: variant(black=""),
        "below [tool.black] `line-length` is not there",
        "forgets that black has a length of its own",
    ),
    Wrong(
        lambda: variant(black="line-length = 88"),
        "below [tool.black] `line-length` is 88",
        "typed black's default in place of the number that is given",
    ),
    Wrong(
        lambda: variant(black="max-line-length = {length}"),
        "below [tool.black] `line-length` is not there",
        "takes flake8's name of the setting for black's",
    ),
    Wrong(forgot_the_f, "write an `f`", "expects braces to be filled in by themselves"),
    Wrong(
        lambda: variant(profile="profile = black"),
        "The line is: `profile = black`",
        "writes a text without quotation marks, as .flake8 wants it and TOML does not",
    ),
    Wrong(the_other_way_round, "the other way round", "hands over the two texts in another order"),
    Wrong(in_one_text, "This asks for two texts", "puts both files into one text"),
    Wrong(prints_them, "returns nothing", "prints the texts, and returns nothing"),
)
WORDS = (
    Word("Write `truce(length)`", "the function is called, with two lengths", lambda: always(110)),
    Word("which returns two texts", "what is returned", in_one_text),
    Word(
        "the contents of `pyproject.toml`, with sections for black and isort, and of `.flake8`",
        "the first text is written into the one file, the second into the other",
        the_other_way_round,
    ),
    Word(
        "With them the three tools agree at that length: black and isort leave a file in black's "
        "style as it is, and flake8 has nothing to say to it",
        "a file in black's style at the length, and at no other, which all three are run on",
        lambda: variant(ignored=""),
    ),
    Word(
        "In other files, flake8 still finds everything else, a line that is too long among it",
        "a file with a line that is longer by one, and four other faults",
        lambda: variant(ignored="extend-ignore = E203, E701, E501"),
    ),
    Word(
        "`line-length` below `[tool.black]`",
        "lines of exactly the length, which black would break at another",
        lambda: variant(black=""),
    ),
    Word(
        "Each tool has a setting of its own for the length",
        "the three are run at 110 and at 72 columns",
        lambda: variant(flake8=""),
    ),
    Word(
        "`line_length` below `[tool.isort]`",
        "imports of exactly the length, and longer by one",
        lambda: variant(isort="line_length = 120"),
    ),
    Word(
        "`max-line-length` below `[flake8]`",
        "lines of exactly the length, and longer by one",
        lambda: variant(flake8="max-line-length = 120"),
    ),
    Word(
        "Mind that isort's profile brings a length: 88",
        "imports of exactly the length, at 110 and at 72 columns",
        lambda: variant(isort=""),
    ),
    Word(
        "The check runs the three tools with your settings, at two lengths, one longer than 88 and "
        "one shorter",
        "110 and 72 columns",
        lambda: always(110),
    ),
)

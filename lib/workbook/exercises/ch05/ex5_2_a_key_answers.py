"""Answers to exercise 5.2: right in other ways, wrong, and deaf to a word of the task."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from typing import Any

from sqlalchemy import String, and_, cast, func, inspect, or_, select, text

from lib.database import Database
from lib.workbook.course.exercise import Word, Wrong


def is_key_without_missing() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        return session.execute(repeated).first() is None

    return is_key


def is_key_where(
    refused: Any, *, empty: bool = True, cut: Any = None, plain: Any = None, whole: Any = tuple
) -> Any:
    """In Python, but for one thing: which rows are refused, what an empty table says."""

    def is_key(session, model, names):
        names = names[:cut]
        rows = [tuple(row) for row in session.execute(select(*[getattr(model, n) for n in names]))]
        rows = [tuple(map(plain, row)) if plain else row for row in rows]
        if not rows:
            return empty
        return not any(map(refused, rows)) and len(set(map(whole, rows))) == len(rows)

    return is_key


def is_key_column_by_column() -> Any:
    def is_key(session, model, names):
        for name in names:
            column = getattr(model, name)
            count = select(func.count(), func.count(column.distinct())).select_from(model)
            rows, different = session.execute(count).one()
            if rows != different:
                return False
        return True

    return is_key


def is_key_as_one_text(glue: str) -> Any:
    def is_key(session, model, names):
        together: Any = cast(getattr(model, names[0]), String)
        for name in names[1:]:
            together = together + glue + cast(getattr(model, name), String)
        count = select(func.count(), func.count(together.distinct())).select_from(model)
        rows, different = session.execute(count).one()
        return rows == different

    return is_key


def is_key_by_concat() -> Any:
    def is_key(session, model, names):
        together = func.concat(*[getattr(model, name) for name in names])
        count = select(func.count(), func.count(together.distinct())).select_from(model)
        rows, different = session.execute(count).one()
        return rows == different

    return is_key


def is_key_asks_the_chapter() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        with Database("sqlite://") as db:  # in the notebook: the chapter's own
            return db.query(repeated).empty

    return is_key


def is_key_as_declared() -> Any:
    def is_key(session, model, names):
        return [column.name for column in inspect(model).primary_key] == list(names)

    return is_key


def is_key_gives(verdict: Any) -> Any:
    """Look for rows that repeat or are missing, and give this of them."""

    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        full = and_(*[column.is_not(None) for column in columns])
        repeated = select(*columns).group_by(*columns).having(or_(func.count() > 1, ~full))
        return verdict(session.execute(repeated).all())

    return is_key


def is_key_and(more: Any) -> Any:
    """The solution, which does more than to ask: `more` is called with the session and the rows."""

    def is_key(session, model, names):
        objects = session.scalars(select(model).order_by(*inspect(model).primary_key)).all()
        keys = [tuple(getattr(each, name) for name in names) for each in objects]
        more(session, objects)
        return len(set(keys)) == len(keys) and not any(None in key for key in keys)

    return is_key


def fill_the_gaps(_session: Any, objects: Any) -> None:
    for each in objects:
        each.carrier = each.carrier or "?"


def keep_a_list(session: Any, _objects: Any) -> None:
    session.execute(text("CREATE TABLE looked_at (name VARCHAR(20))"))


def delete_the_last(session: Any, objects: Any) -> None:
    for each in objects[2:]:
        session.delete(each)


WRONG = (
    Wrong(
        lambda: is_key_and(delete_the_last),
        "tickets is not as before: it asks, and changes nothing",
        "deletes rows, and leaves the commit to the caller",
    ),
    Wrong(
        lambda: is_key_and(fill_the_gaps),
        "tickets is not as before: it asks, and changes nothing",
        "fills in what is missing, in the caller's own objects",
    ),
    Wrong(
        lambda: is_key_and(keep_a_list),
        "a new table, looked_at, is not as before",
        "makes a table beside the one that it is asked about",
    ),
    Wrong(
        lambda: is_key_and(lambda session, _objects: session.commit()),
        "committed what the caller had only added",
        "commits at the end, as in a scope of its own",
    ),
    Wrong(
        lambda: is_key_and(lambda session, _objects: session.rollback()),
        "is no longer in it",
        "ends the caller's transaction, to leave nothing open",
    ),
    Wrong(
        lambda: is_key_and(lambda session, _objects: session.close()),
        "is no longer in it",
        "closes a session that somebody else opened",
    ),
    Wrong(
        is_key_without_missing,
        "what is missing identifies nothing",
        "forgets that a key may not be missing",
    ),
    Wrong(
        lambda: is_key_where(lambda row: row[0] is None),
        "One row has no number",
        "looks at the first column only for what is missing",
    ),
    Wrong(
        lambda: is_key_where(lambda row: all(value is None for value in row)),
        "One row has no carrier",
        "refuses a row only where everything is missing",
    ),
    Wrong(
        lambda: is_key_where(lambda row: not all(row)),
        "an empty text and a 0 are values",
        "takes what is false in Python for missing",
    ),
    Wrong(
        lambda: is_key_where(lambda row: None in row, plain=lambda value: str(value).upper()),
        "ua and UA are two texts",
        "makes all letters capitals before it compares",
    ),
    Wrong(
        lambda: is_key_where(lambda row: None in row, empty=False),
        "The table is empty",
        "finds no row, and takes that for no key",
    ),
    Wrong(
        lambda: is_key_where(lambda row: None in row, cut=1),
        "No two rows agree in both",
        "asks the first of the columns only",
    ),
    Wrong(
        lambda: is_key_where(lambda row: None in row, whole=frozenset),
        "A at gate B and B at gate A are two pairs",
        "compares what is in a row, and not where",
    ),
    Wrong(
        is_key_column_by_column,
        "No two rows agree in both",
        "asks of each column what only all together must fulfil",
    ),
    Wrong(
        lambda: is_key_as_one_text(""),
        "compare the columns, not a text made of them",
        "glues the columns together, so that different pairs become equal",
    ),
    Wrong(
        lambda: is_key_as_one_text("|"),
        "though some look alike when a sign is put between",
        "glues the columns together with a sign that a text may hold",
    ),
    Wrong(
        is_key_by_concat,
        "compare the columns, not a text made of them",
        "the same, by a function that not every database has",
    ),
    Wrong(
        is_key_asks_the_chapter,
        "Ask the session that it is given, not `db`",
        "uses what happens to be in the notebook, not what the function is given",
    ),
    Wrong(
        is_key_as_declared,
        "No two rows agree in both",
        "reads what the model claims, not what the data say",
    ),
    Wrong(
        lambda: is_key_gives(lambda rows: rows),
        "True or False is expected",
        "returns the evidence where the verdict was asked for",
    ),
    Wrong(
        lambda: is_key_gives(lambda rows: print(not rows)),
        "returns None",
        "shows the verdict to people, and to nobody else",
    ),
)


WORDS = (
    Word(
        "Write `is_key(session, model, names)`",
        "a database, a model and columns of the check's own",
        is_key_asks_the_chapter,
    ),
    Word(
        "`True` when the columns of these names, taken together",
        "pairs that differ where each column alone repeats",
        is_key_column_by_column,
    ),
    Word(
        "identify each row that is in the model's table now",
        "twenty tables with other rows",
        is_key_as_declared,
    ),
    Word(
        "`False` otherwise",
        "the type of the verdict",
        lambda: is_key_gives(lambda rows: True if not rows else None),
    ),
    Word(
        "rows that agree in all of these columns",
        "rows that agree in some, in all; in letters of another case; as one text",
        lambda: is_key_as_one_text("-"),
    ),
    Word(
        "and a row in which one of them is missing",
        "a row without the first, without the second; with a 0 and an empty text",
        lambda: is_key_where(lambda row: all(value is None for value in row)),
    ),
    Word(
        "In an empty table, everything is a key.",
        "two tables without rows",
        lambda: is_key_where(lambda row: None in row, empty=False),
    ),
    Word(
        "It asks, and changes nothing",
        "all rows of all tables, before and after",
        lambda: is_key_and(fill_the_gaps),
    ),
    Word(
        "what the caller has added to the session, and not yet committed, stays so",
        "an object that the caller has added",
        lambda: is_key_and(lambda session, _objects: session.commit()),
    ),
)


ASIDES = (
    "Two things can be wrong: ",
    "Try it on January, with the lists of names from above: `is_key(session, real, natural)` in a "
    "scope of `db`.",
)

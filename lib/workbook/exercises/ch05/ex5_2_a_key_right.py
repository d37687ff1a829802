"""Exercise 5.2: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from collections import Counter
from typing import Any

import pandas as pd
from sqlalchemy import and_, func, inspect, or_, select, text
from sqlalchemy.orm import aliased


def is_key_by_groups() -> Any:
    def is_key(session, model, names):
        columns = [getattr(model, name) for name in names]
        repeated = select(*columns).group_by(*columns).having(func.count() > 1)
        missing = select(*columns).where(or_(*[column.is_(None) for column in columns]))
        return not session.execute(repeated).first() and not session.execute(missing).first()

    return is_key


def is_key_in_python() -> Any:
    def is_key(session, model, names):
        rows = session.execute(select(*[getattr(model, name) for name in names])).all()
        whole = all(None not in row for row in rows)
        return whole and len(set(rows)) == len(rows)

    return is_key


def is_key_in_pandas() -> Any:
    def is_key(session, model, names):
        rows = pd.read_sql(select(model), session.connection())[names]
        return rows.notna().all(axis=None) and not rows.duplicated().any()

    return is_key


def is_key_in_sql() -> Any:
    def is_key(session, model, names):
        table, columns = model.__tablename__, ", ".join(names)
        missing = " OR ".join(f"{name} IS NULL" for name in names)
        repeated = f"SELECT 1 FROM {table} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1"
        bad = session.execute(text(repeated)).first()
        bad = bad or session.execute(text(f"SELECT 1 FROM {table} WHERE {missing} LIMIT 1")).first()
        return bad is None

    return is_key


def is_key_by_objects() -> Any:
    def is_key(session, model, names):
        seen = set()
        for one in session.scalars(select(model)):
            key = tuple(getattr(one, name) for name in names)
            if None in key or key in seen:
                return False
            seen.add(key)
        return True

    return is_key


def is_key_counted() -> Any:
    def is_key(session, model, names):
        query = session.query(*[model.__table__.c[name] for name in names])
        counts = Counter(map(tuple, query))
        return all(n == 1 and None not in key for key, n in counts.items())

    return is_key


def is_key_in_a_savepoint() -> Any:
    def is_key(session, model, names):
        with session.begin_nested():
            columns = [getattr(model, name) for name in names]
            missing = or_(*[column == None for column in columns])  # noqa: E711
            question = select(missing, func.count()).select_from(model)
            groups = session.execute(question.group_by(*columns)).all()
        return not any(bad or count > 1 for bad, count in groups)

    return is_key


def is_key_by_a_left_join() -> Any:
    def is_key(session, model, names):
        for name in names:
            if session.query(model).filter(getattr(model, name).is_(None)).count():
                return False
        one, other = aliased(model), aliased(model)
        (number,) = inspect(model).primary_key
        twins = session.query(one).join(
            other,
            and_(
                *(getattr(one, name) == getattr(other, name) for name in names),
                getattr(one, number.name) < getattr(other, number.name),
            ),
        )
        return twins.first() is None

    return is_key


ALSO_RIGHT = (
    is_key_by_groups,
    is_key_in_python,
    is_key_in_pandas,
    is_key_in_sql,
    is_key_by_objects,
    is_key_counted,
    is_key_in_a_savepoint,
    is_key_by_a_left_join,
)

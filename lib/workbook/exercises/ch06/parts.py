"""What a select is made of: what it groups, where it filters, and what it divides."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Cast, ColumnElement, Double, Label, Select, TextClause
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, ColumnClause, FunctionFilter
from sqlalchemy.sql.selectable import SelectBase, TextualSelect

AGGREGATES = ("avg", "count", "group_concat", "max", "min", "sum")
FLOATING = re.compile(r"DOUBLE|FLOAT|REAL|\de\d", re.IGNORECASE)
DECIMAL = re.compile(r"\d\.\d")
CAST_AROUND = re.compile(r"(CAST|CONVERT)\s*\([^()]*/", re.IGNORECASE)


def without_comments(sql: str) -> str:
    return re.sub(r"--.*|/\*[\s\S]*?\*/", "", sql)


def names_of(part: Any) -> set[str]:
    """The names in a part of a select, and those behind the columns of earlier steps."""
    names: set[str] = set()
    seen: dict[int, Any] = {}
    todo = [part]
    while todo:
        for each in visitors.iterate(todo.pop()):
            if id(each) in seen:
                continue
            seen[id(each)] = each
            if isinstance(each, TextClause):
                names.update(re.findall(r"\w+", each.text))
            elif isinstance(getattr(each, "element", None), str):  # a label, by its name
                names.add(getattr(each, "element"))  # noqa: B009
            elif isinstance(each, ColumnElement):
                if isinstance(each, (ColumnClause, Label)):
                    names.add(str(each.name))
                todo.extend(each.proxy_set)
    return names


def loose_columns(question: Any) -> set[str]:
    """The columns that a grouped select names, without grouping by them or an aggregate."""
    loose: set[str] = set()
    for each in visitors.iterate(question):
        if isinstance(each, Select) and each._group_by_clauses:
            grouped = set().union(*map(names_of, each._group_by_clauses))
            columns = [column for column in each.selected_columns if not _by_name(column, grouped)]
            loose |= _bare(columns) - grouped
    return loose


def _by_name(column: Any, grouped: set[str]) -> bool:
    """Tell whether a select groups by this column under the name that it is given here."""
    return isinstance(column, Label) and str(column.name) in grouped


def _bare(parts: Iterable[Any]) -> set[str]:
    """The names of the columns that stand outside an aggregate."""
    names: set[str] = set()
    for part in parts:
        function = part.func if isinstance(part, FunctionFilter) else part
        if getattr(function, "name", "") in AGGREGATES and not _named(function):
            continue
        if isinstance(part, ColumnClause):
            names.add(str(part.name))
        elif not isinstance(part, SelectBase):
            names |= _bare(part.get_children())
    return names


def _named(part: Any) -> bool:
    return isinstance(part, (ColumnClause, Label))


def filters_by(question: Any, column: str) -> bool:
    """Tell whether a `where` of the select, or of a step in it, names this column itself."""
    selects = [each for each in visitors.iterate(question) if isinstance(each, Select)]
    criteria = [criterion for each in selects for criterion in each._where_criteria]
    parts = [part for criterion in criteria for part in visitors.iterate(criterion)]
    return any(isinstance(part, ColumnClause) and part.name == column for part in parts)


def cut_on_mysql(question: Any) -> bool:
    """Tell whether MySQL cuts a division of this statement: whole numbers, or a cast too late."""
    if isinstance(question, (str, TextClause, TextualSelect)):
        sql = without_comments(str(question))
        calculates = "/" in sql or DECIMAL.search(sql)
        return bool(calculates and (not FLOATING.search(sql) or CAST_AROUND.search(sql)))
    return any(not any(map(_floating, (each.left, each.right))) for each in _divisions(question))


def _divisions(question: Any) -> Iterator[BinaryExpression[Any]]:
    for each in visitors.iterate(question):
        if isinstance(each, BinaryExpression) and each.operator is operator.truediv:
            yield each


def _floating(part: Any) -> bool:
    """Tell whether a value is a float before the division: a literal such as 60.0 is not one."""
    if isinstance(part, Cast):
        return isinstance(part.type, Double)  # MariaDB casts to no other float
    if isinstance(part, ColumnClause):
        steps = [each for each in part.proxy_set if not isinstance(each, ColumnClause)]
        return bool(part.is_literal and FLOATING.search(part.name)) or any(map(_floating, steps))
    return any(map(_floating, part.get_children()))

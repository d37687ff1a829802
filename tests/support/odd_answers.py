"""Answers as nobody wants them: what a check must bear without a traceback, and without hanging."""

# Odd on purpose, as learners type them.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import functools
import json
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import MagicMock

from sqlalchemy import Connection, Engine, MetaData, text
from sqlalchemy.orm import Session

from lib.database import Database

KEPT: list[Any] = []  # what an answer has put away, beyond the reach of its check


class Quit(BaseException):
    """No Exception, as some libraries have them."""


class Silent(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise ValueError("no text")


class Contrary:
    """An object that refuses whatever is asked of it."""

    def _refuse(self, *_: object) -> Any:
        raise ArithmeticError("from an odd answer")

    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __repr__ = __len__ = __iter__ = __bool__ = __hash__ = _refuse

    def __getattr__(self, name: str) -> Any:
        raise ArithmeticError("from an odd answer")


def engines(args: Any) -> list[Engine]:
    """The engines behind the arguments of a call."""
    found = []
    for each in args:
        if isinstance(each, Database | Connection):
            found.append(each.engine)
        elif isinstance(each, Session):
            found.append(each.get_bind().engine)
        elif isinstance(each, Engine):
            found.append(each)
    return found


# --- Values, and things that can be called but are no functions ------------------------------


class a_class: ...


class a_class_that_takes_all:
    def __init__(self, *args, **kwargs):
        self.args = args


def a_generator_function(*args, **kwargs):
    yield from args


async def a_coroutine_function(*args, **kwargs):
    return args


async def an_async_generator_function(*args, **kwargs):
    yield args


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@decorated
def a_decorated_function(*args, **kwargs): ...


@decorated
def a_decorated_function_that_returns(*args, **kwargs):
    return args[0] if args else None


class Callable_:
    def __call__(self, *args, **kwargs):
        return 1 / 0

    def method(self, *args, **kwargs):
        return ""


def wraps_itself(*args, **kwargs):
    return None


wraps_itself.__wrapped__ = wraps_itself


# --- What it does ----------------------------------------------------------------------------


def returns_none(*args, **kwargs):
    return None


def returns_itself(*args, **kwargs):
    return returns_itself


def returns_its_arguments(*args, **kwargs):
    return args


def returns_a_contrary_object(*args, **kwargs):
    return Contrary()


def returns_a_mock(*args, **kwargs):
    return MagicMock()


def returns_an_endless_generator(*args, **kwargs):
    def numbers():
        while True:
            time.sleep(0.01)
            yield 1

    return numbers()


def prints_a_lot(*args, **kwargs):
    for _ in range(1000):
        print("x" * 1000)
    sys.stderr.write("y" * 1_000_000)


def exits(*args, **kwargs):
    sys.exit()


def interrupts(*args, **kwargs):
    raise KeyboardInterrupt


def quits(*args, **kwargs):
    raise Quit


def raises_generator_exit(*args, **kwargs):
    raise GeneratorExit


def raises_silently(*args, **kwargs):
    raise Silent


def raises_stop_iteration(*args, **kwargs):
    raise StopIteration


def recurses(*args, **kwargs):
    return recurses(*args, **kwargs)


def changes_its_arguments(*args, **kwargs):
    for each in args:
        for change in ("clear", "reverse", "close", "dispose", "rollback", "unlink"):
            if not isinstance(each, str) and hasattr(each, change):
                getattr(each, change)()


def empties_the_tables(*args, **kwargs):
    for engine in engines(args):
        tables = MetaData()
        tables.reflect(engine)
        with engine.begin() as connection:
            for table in reversed(tables.sorted_tables):
                connection.execute(table.delete())


def drops_the_tables(*args, **kwargs):
    for engine in engines(args):
        tables = MetaData()
        tables.reflect(engine)
        tables.drop_all(engine)


def keeps_a_connection(*args, **kwargs):
    for engine in engines(args):
        KEPT.append(engine.connect())
        KEPT[-1].execute(text("SELECT 1"))


def keeps_a_transaction(*args, **kwargs):
    for engine in engines(args):
        KEPT.append(engine.connect())
        KEPT[-1].execute(text("CREATE TABLE kept (id INTEGER)"))
        KEPT[-1].execute(text("INSERT INTO kept VALUES (1)"))


def keeps_a_result(*args, **kwargs):
    for engine in engines(args):
        connection = engine.connect()
        KEPT.append(connection.execution_options(stream_results=True))
        KEPT.append(KEPT[-1].execute(text("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")))


def keeps_a_database_of_its_own(*args, **kwargs):
    for engine in engines(args):
        KEPT.append(Database(engine.url))
        KEPT.append(KEPT[-1].engine.connect())
        KEPT[-1].execute(text("CREATE TABLE kept (id INTEGER)"))
        KEPT[-1].execute(text("INSERT INTO kept VALUES (1)"))


def starts_a_thread(*args, **kwargs):
    threading.Thread(target=time.sleep, args=(5,), daemon=True).start()


# --- What does not end -----------------------------------------------------------------------


def sleeps(*args, **kwargs):
    time.sleep(1000)


def loops(*args, **kwargs):
    while True:
        pass


def loops_slowly(*args, **kwargs):
    while True:
        time.sleep(0.01)


def loops_and_catches_all(*args, **kwargs):
    while True:
        try:
            time.sleep(0.01)
        except BaseException:
            pass


def prints_without_end(*args, **kwargs):
    while True:
        print("x" * 1000)


def waits_for_a_lock(*args, **kwargs):
    threading.Lock().acquire() and threading.Event().wait()


MANY = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "
ENDLESS = text(MANY + "SELECT count(*) FROM n a, n b, n c, n d, n e, n f")


def asks_without_end(*args, **kwargs):
    for engine in engines(args):
        with engine.connect() as connection:
            connection.execute(ENDLESS).all()


VALUES: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "nan": lambda: float("nan"),
    "a long text": lambda: "x" * 100_000,
    "an object": object,
    "a contrary object": Contrary,
    "a mock": MagicMock,
    "a module": lambda: json,
    "a class": lambda: a_class,
    "a class that takes all": lambda: a_class_that_takes_all,
    "a generator": lambda: a_generator_function(1, 2),
    "a built-in function": lambda: max,
    "a partial function": lambda: functools.partial(returns_its_arguments, 1),
    "a method": lambda: Callable_().method,
    "an object that can be called": Callable_,
    "a decorated function": lambda: a_decorated_function_that_returns,
    "wraps itself": lambda: wraps_itself,
}
FUNCTIONS: tuple[Callable[..., Any], ...] = (
    a_generator_function,
    a_coroutine_function,
    an_async_generator_function,
    returns_none,
    returns_itself,
    returns_its_arguments,
    returns_a_contrary_object,
    returns_a_mock,
    returns_an_endless_generator,
    prints_a_lot,
    exits,
    interrupts,
    quits,
    raises_generator_exit,
    raises_silently,
    raises_stop_iteration,
    recurses,
    changes_its_arguments,
    starts_a_thread,
)
ON_A_DATABASE: tuple[Callable[..., Any], ...] = (
    empties_the_tables,
    keeps_a_connection,
)
ON_A_SERVER: tuple[Callable[..., Any], ...] = (
    drops_the_tables,
    keeps_a_transaction,
    keeps_a_result,
    keeps_a_database_of_its_own,
    asks_without_end,
)
ENDLESS_ONES: tuple[Callable[..., Any], ...] = (
    sleeps,
    loops,
    loops_and_catches_all,
    prints_without_end,
    waits_for_a_lock,
)


def odd_answers(*, on_a_server: bool) -> dict[str, Callable[[], Any]]:
    """Functions that make each odd answer, by its name.

    On a server only those that hold or break something there; the others do the same on each.
    """
    if on_a_server:
        return {each.__name__: partial(_itself, each) for each in ON_A_SERVER}
    functions = (*FUNCTIONS, *ON_A_SERVER, *ON_A_DATABASE, *ENDLESS_ONES)
    return VALUES | {each.__name__: partial(_itself, each) for each in functions}


def _itself(answer: Any) -> Any:
    return answer


def let_go() -> None:
    """Give back what answers have kept."""
    KEPT.clear()

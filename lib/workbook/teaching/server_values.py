"""What the servers do with texts, numbers and times; adds its questions when it is imported."""

from __future__ import annotations

from lib.workbook.teaching.server_questions import Server, question, shown, yes

BIN = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


# --- Texts ------------------------------------------------------------------------------------


@question("the tables are utf8mb4_bin (05)")
def equal_in_other_case(server: Server) -> str:
    """Is `'ua' = 'UA'`, in a column without a collation of its own?"""
    server.table("v VARCHAR(9)", "" if server.sqlite else "CHARACTER SET utf8mb4")
    server.run("INSERT INTO t VALUES ('ua')")
    return yes(server.value("SELECT count(*) FROM t WHERE v = 'UA'"))


@question("a `Rule` with a pattern keeps blanks out of a key (08)")
def equal_with_a_blank(server: Server) -> str:
    """Is `'UA' = 'UA '`, under utf8mb4_bin?"""
    server.table("v VARCHAR(9)", "" if server.sqlite else BIN)
    server.run("INSERT INTO t VALUES ('UA')")
    return yes(server.value("SELECT count(*) FROM t WHERE v = 'UA '"))


@question("asks with `=` where the case counts (06)")
def like_in_other_case(server: Server) -> str:
    """Is `'UA' LIKE 'ua'`, under utf8mb4_bin?"""
    server.table("v VARCHAR(9)", "" if server.sqlite else BIN)
    server.run("INSERT INTO t VALUES ('UA')")
    return yes(server.value("SELECT count(*) FROM t WHERE v LIKE 'ua'"))


@question("`String`, which is VARCHAR, everywhere (05)")
def char_with_a_blank(server: Server) -> str:
    """What a CHAR(5) gives back of `'UA '`"""
    return server.stored("CHAR(5)", "'UA '")


@question("a rule made from the column's length rejects the row (05, 08)")
def too_long(server: Server) -> str:
    """`'abcd'` into a VARCHAR(3)"""
    return server.stored("VARCHAR(3)", "'abcd'")


@question("a CHECK by `length` is for codes in ASCII (05)")
def length_of_a_letter(server: Server) -> str:
    """`length('é')`"""
    return shown(server.value("SELECT length('é')"))


@question("SQLAlchemy's `+` is spelled for each server")
def two_bars(server: Server) -> str:
    """The two bars, SQL's concatenation, between `'a'` and `'b'`"""
    return shown(server.value("SELECT 'a' || 'b'"))


# --- Numbers ----------------------------------------------------------------------------------


@question("casts to `Double` first (06)")
def quotient(server: Server) -> str:
    """`7 / 2`"""
    return shown(server.value("SELECT 7 / 2"))


@question("it is missing: `is_(None)` finds it (06)")
def by_zero(server: Server) -> str:
    """`1 / 0`"""
    return shown(server.value("SELECT 1 / 0"))


@question("compares floats with a tolerance (09)")
def tenths(server: Server) -> str:
    """Is `0.1 + 0.2 = 0.3`?"""
    return yes(server.value("SELECT 0.1 + 0.2 = 0.3"))


@question("casts to `Numeric` what has to be exact (06)")
def tie_of_a_double(server: Server) -> str:
    """`round(2.5e0)`, of a double"""
    return shown(server.value("SELECT round(2.5e0)"))


@question("rejects it: not a whole number (08)")
def tie_of_a_text(server: Server) -> str:
    """The text `'2.5'` into an INTEGER"""
    return server.stored("INTEGER", "'2.5'")


@question("rejects it: not a whole number (08)")
def tie_of_a_number(server: Server) -> str:
    """The double `2.5e0` into an INTEGER"""
    return server.stored("INTEGER", "2.5e0")


@question("casts to the type that it means (06)")
def type_of_a_sum(server: Server) -> str:
    """`sum` of the INTEGERs 1 and 2"""
    return shown(server.value("SELECT sum(n) FROM (SELECT 1 AS n UNION ALL SELECT 2) AS t"))


@question("casts to the type that it means (06)")
def type_of_a_mean(server: Server) -> str:
    """`avg` of the INTEGERs 1 and 2"""
    return shown(server.value("SELECT avg(n) FROM (SELECT 1 AS n UNION ALL SELECT 2) AS t"))


@question("floats are `Double` (05)")
def single(server: Server) -> str:
    """What a FLOAT shows of 16777216"""
    return server.stored("FLOAT", "16777216")


@question("rejects it: not a whole number (08)")
def no_number(server: Server) -> str:
    """`'abc'` into an INTEGER"""
    return server.stored("INTEGER", "'abc'")


# --- Times ------------------------------------------------------------------------------------


@question("times are kept to the second (05)")
def fraction_of_a_second(server: Server) -> str:
    """`'2013-12-31 23:59:59.6'` into a DATETIME"""
    return server.stored("DATETIME", "'2013-12-31 23:59:59.6'")


@question("a rule made from the column's type rejects the row (08)")
def no_day(server: Server) -> str:
    """`'2013-02-30'` into a DATE"""
    return server.stored("DATE", "'2013-02-30'")


@question("UTC in the tables and in the session (05)", in_new_york=True)
def hour_that_is_left_out(server: Server) -> str:
    """02:30 in the night of spring, into a TIMESTAMP, in New York"""
    return server.stored("TIMESTAMP", "'2013-03-10 02:30:00'")


@question("UTC in the tables and in the session (05)", in_new_york=True)
def hour_that_comes_twice(server: Server) -> str:
    """01:30 in the night of autumn, into a TIMESTAMP, in New York: which one in UTC"""
    server.table("v TIMESTAMP")
    server.run("INSERT INTO t VALUES ('2013-11-03 01:30:00')")
    if server.sqlite:
        return shown(server.value("SELECT v FROM t"))
    server.run("SET time_zone = '+00:00'")
    found = shown(str(server.value("SELECT v FROM t")))
    server.run("SET time_zone = SYSTEM")
    return found

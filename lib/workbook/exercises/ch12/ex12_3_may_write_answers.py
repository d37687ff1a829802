"""Answers to exercise 12.3, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, disallow-untyped-calls=False
# mypy: disallow-untyped-decorators=False, disallow-incomplete-defs=False

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from lib.models import Airline, Weather

# --- Right ----------------------------------------------------------------------------------


def by_a_delete() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(delete(Airline).where(Airline.carrier == "none"))
            return True
        except DBAPIError:
            return False

    return may_write


def by_a_scope_that_fails() -> Any:
    class Enough(Exception):
        pass

    def may_write(db):
        try:
            with db.session_scope() as session:
                session.add(Airline(carrier="??", name="a trial"))
                session.flush()
                raise Enough
        except Enough:
            return True
        except DBAPIError:
            return False

    return may_write


def by_an_update_of_nothing() -> Any:
    def may_write(db):
        try:
            db.execute([update(Weather).where(Weather.origin == "none").values(temp=0)])
        except Exception:
            return False
        return True

    return may_write


def by_a_savepoint() -> Any:
    def may_write(db):
        with db.sessions() as session:
            try:
                trial = session.begin_nested()
                session.execute(text("INSERT INTO airlines (carrier, name) VALUES ('??', '')"))
                trial.rollback()
                return True
            except DBAPIError:
                session.rollback()
                return False

    return may_write


def by_many_rows() -> Any:
    def may_write(db):
        with db.sessions() as session:
            try:
                session.add_all([Airline(carrier=f"{n}!", name="") for n in range(10)])
                session.flush()
            except DBAPIError:
                return False
        return True

    return may_write


def by_a_transaction_by_hand() -> Any:
    def may_write(db):
        connection = db.engine.connect()
        transaction = connection.begin()
        try:
            connection.exec_driver_sql("DELETE FROM weather")
            result = True
        except DBAPIError as error:
            result = error is None
        finally:
            transaction.rollback()
            connection.close()
        return result

    return may_write


# --- Wrong ----------------------------------------------------------------------------------


def leaves_its_trial() -> Any:
    def may_write(db):
        trial = insert(Airline).values(carrier="??", name="a trial")
        try:
            with db.engine.begin() as connection:
                connection.execute(trial)
            return True
        except DBAPIError:
            return False

    return may_write


def deletes_for_good() -> Any:
    def may_write(db):
        try:
            db.execute([delete(Weather)])
            return True
        except DBAPIError:
            return False

    return may_write


def changes_a_column() -> Any:
    def may_write(db):
        try:
            db.execute([update(Weather).values(temp=0)])
            return True
        except DBAPIError:
            return False

    return may_write


def makes_a_table() -> Any:
    def may_write(db):
        try:
            db.execute(["CREATE TABLE trial (id INTEGER)"])
            return True
        except DBAPIError:
            return False

    return may_write


def takes_it_away_again() -> Any:
    def may_write(db):
        try:
            db.execute([insert(Airline).values(carrier="??", name="a trial")])
        except DBAPIError:
            return False
        db.execute([delete(Airline).where(Airline.carrier == "??")])
        return True

    return may_write


def renames_and_names_back() -> Any:
    def may_write(db):
        def rename(name):
            with db.session_scope() as session:
                session.get(Airline, "UA").name = name

        try:
            rename("a trial")
        except DBAPIError:
            return False
        rename("United Air Lines Inc.")
        return True

    return may_write


def drops_its_table() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(text("CREATE TABLE trial (id INTEGER)"))
                connection.commit()
                connection.execute(text("DROP TABLE trial"))
                connection.commit()
            return True
        except DBAPIError:
            return False

    return may_write


def rolls_a_table_back() -> Any:
    def may_write(db):
        with db.engine.connect() as connection:
            try:
                connection.execute(text("CREATE TABLE trial (id INTEGER)"))
                return True
            except DBAPIError:
                return False
            finally:
                connection.rollback()

    return may_write


def lets_the_refusal_out() -> Any:
    def may_write(db):
        with db.engine.connect() as connection:
            connection.execute(insert(Airline).values(carrier="??", name="a trial"))
        return True

    return may_write


def only_reads() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(text("SELECT count(*) FROM airlines"))
            return True
        except DBAPIError:
            return False

    return may_write


def adds_an_index() -> Any:
    def may_write(db):
        try:
            db.execute(["CREATE INDEX trial ON planes (seats)"])
            return True
        except DBAPIError:
            return False

    return may_write


def by_the_address() -> Any:
    def may_write(db):
        if db.dialect.name == "sqlite":
            return db.engine.url.query.get("mode") != "ro"
        return "reader" not in str(db.engine.url.username) and "ro" not in db.engine.url.query

    return may_write


def takes_a_key_that_is_there() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(insert(Airline).values(carrier="UA", name="a trial"))
            return True
        except DBAPIError:
            return False

    return may_write


def says_so_in_words() -> Any:
    def may_write(db):
        try:
            with db.engine.connect() as connection:
                connection.execute(insert(Airline).values(carrier="??", name="a trial"))
            return "it may write"
        except DBAPIError:
            return "it may not write"

    return may_write


def keeps_its_connection() -> Any:
    kept = []

    def may_write(db):
        kept.append(db.engine.connect())
        try:
            kept[-1].execute(insert(Airline).values(carrier="??", name="a trial"))
            return True
        except DBAPIError:
            return False

    return may_write

"""Exercise 8.6: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import and_, case, delete, func, insert, select, text, update
from sqlalchemy.dialects import mysql, sqlite


def merge_newer_in_python() -> Any:
    def merge_newer(connection, gates, staging):
        known = {row.gate: row.changed for row in connection.execute(select(gates))}
        counts = {"inserted": 0, "updated": 0, "unchanged": 0}
        for row in connection.execute(select(staging)).all():
            values = {"gate": row.gate, "airline": row.airline, "changed": row.changed}
            if row.gate not in known:
                connection.execute(insert(gates).values(values))
                counts["inserted"] += 1
            elif known[row.gate] is None or row.changed > known[row.gate]:
                mine = update(gates).where(gates.c.gate == row.gate)
                connection.execute(mine.values(values))
                counts["updated"] += 1
            else:
                counts["unchanged"] += 1
        return counts

    return merge_newer


def merge_newer_in_sql() -> Any:
    def merge_newer(connection, gates, staging):
        rows = connection.scalar(text(f"SELECT count(*) FROM {staging.name}"))
        newer = f"""SELECT s.gate FROM {staging.name} s JOIN {gates.name} g ON g.gate = s.gate
            WHERE g.changed IS NULL OR g.changed < s.changed"""
        names = [row.gate for row in connection.execute(text(newer))]
        for column in ("airline", "changed"):
            for name in names:
                value = f"(SELECT {column} FROM {staging.name} WHERE gate = :gate)"
                change = f"UPDATE {gates.name} SET {column} = {value} WHERE gate = :gate"
                connection.execute(text(change), {"gate": name})
        add = f"""INSERT INTO {gates.name} (gate, airline, changed)
            SELECT gate, airline, changed FROM {staging.name}
            WHERE gate NOT IN (SELECT gate FROM {gates.name})"""
        new = connection.execute(text(add)).rowcount
        return {"inserted": new, "updated": len(names), "unchanged": rows - new - len(names)}

    return merge_newer


def merge_newer_by_upsert() -> Any:
    def merge_newer(connection, gates, staging):
        both = gates.c.gate == staging.c.gate
        long_ago = text("'0001-01-01'")
        newer = staging.c.changed > func.coalesce(gates.c.changed, long_ago)
        joined = select(func.count()).select_from(staging).join(gates, both)
        known, updated = connection.scalar(joined), connection.scalar(joined.where(newer))
        rows = connection.scalar(select(func.count()).select_from(staging))
        columns = select(staging.c.gate, staging.c.airline, staging.c.changed)
        names = ["gate", "airline", "changed"]
        if connection.dialect.name == "sqlite":
            add = sqlite.insert(gates).from_select(names, columns.where(text("1 = 1")))
            add = add.on_conflict_do_update(
                ["gate"],
                set_={"airline": add.excluded.airline, "changed": add.excluded.changed},
                where=add.excluded.changed > func.coalesce(gates.c.changed, long_ago),
            )
        else:
            other = mysql.insert(gates).from_select(names, columns)
            wins = other.inserted.changed > func.coalesce(gates.c.changed, long_ago)
            # MySQL sets the columns one after the other: the time comes last.
            add = other.on_duplicate_key_update(
                [
                    ("airline", case((wins, other.inserted.airline), else_=gates.c.airline)),
                    ("changed", case((wins, other.inserted.changed), else_=gates.c.changed)),
                ]
            )
        connection.execute(add)
        return {"inserted": rows - known, "updated": updated, "unchanged": known - updated}

    return merge_newer


def merge_newer_deletes_the_older() -> Any:
    def merge_newer(connection, gates, staging):
        rows = connection.scalar(select(func.count()).select_from(staging))
        wins = and_(staging.c.gate == gates.c.gate, ~(staging.c.changed <= gates.c.changed))
        older = select(gates.c.gate).join(staging, staging.c.gate == gates.c.gate)
        older = older.where(wins | gates.c.changed.is_(None))
        names = connection.scalars(older).all()
        connection.execute(delete(gates).where(gates.c.gate.in_(names)))
        new = select(staging).where(staging.c.gate.not_in(select(gates.c.gate)))
        added = connection.execute(insert(gates).from_select(staging.c.keys(), new)).rowcount
        counts = added - len(names), len(names), rows - added
        return dict(zip(["inserted", "updated", "unchanged"], counts, strict=True))

    return merge_newer


def merge_newer_by_frames() -> Any:
    def merge_newer(connection, gates, staging):
        ours = pd.read_sql(select(gates), connection, parse_dates=["changed"])
        theirs = pd.read_sql(select(staging), connection, parse_dates=["changed"])
        both = theirs.merge(ours, on="gate", how="left", suffixes=("", "_old"), indicator=True)
        new = both[both["_merge"] == "left_only"]
        old = both[both["_merge"] == "both"]
        wins = old[old["changed_old"].isna() | (old["changed"] > old["changed_old"])]

        def rows(frame):
            plain = frame[["gate", "airline", "changed"]].astype(object)
            return plain.where(plain.notna(), None).to_dict("records")

        if len(new):
            connection.execute(insert(gates), rows(new))
        for row in rows(wins):
            changed = row["changed"].to_pydatetime()
            values = {"airline": row["airline"], "changed": changed}
            connection.execute(update(gates).where(gates.c.gate == row["gate"]).values(values))
        counts = len(new), len(wins), len(old) - len(wins)
        return dict(zip(("inserted", "updated", "unchanged"), counts, strict=True))

    return merge_newer


ALSO_RIGHT = (
    merge_newer_in_python,
    merge_newer_in_sql,
    merge_newer_by_upsert,
    merge_newer_deletes_the_older,
    merge_newer_by_frames,
)

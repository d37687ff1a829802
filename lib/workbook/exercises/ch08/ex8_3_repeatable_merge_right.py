"""Exercise 8.3: other right answers."""

# The answers stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import (
    and_,
    bindparam,
    case,
    column,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Session

from lib.models import Plane


def merge_in_python() -> Any:
    def merge_seats(connection, staging):
        staged_rows = connection.execute(select(staging.c.tailnum, staging.c.seats)).all()
        known = dict(connection.execute(select(Plane.tailnum, Plane.seats)).all())
        planes = Plane.__table__
        new = [{"tailnum": t, "seats": s} for t, s in staged_rows if t not in known]
        changed = [{"key": t, "now": s} for t, s in staged_rows if t in known and known[t] != s]
        if new:
            connection.execute(insert(planes), new)
        if changed:
            mine = planes.c.tailnum == bindparam("key")
            connection.execute(update(planes).where(mine).values(seats=bindparam("now")), changed)
        unchanged = len(staged_rows) - len(new) - len(changed)
        return {"inserted": len(new), "updated": len(changed), "unchanged": unchanged}

    return merge_seats


def merge_in_sql() -> Any:
    def merge_seats(connection, staging):
        name = staging.name
        same = "s.tailnum = planes.tailnum"
        differs = "(s.seats <> planes.seats OR (s.seats IS NULL) <> (planes.seats IS NULL))"
        source = f"SELECT s.seats FROM {name} s WHERE {same}"
        changed = connection.execute(
            text(
                f"UPDATE planes SET seats = ({source}) "
                f"WHERE EXISTS (SELECT 1 FROM {name} s WHERE {same} AND {differs})"
            )
        ).rowcount
        added = connection.execute(
            text(
                f"INSERT INTO planes (tailnum, seats) SELECT s.tailnum, s.seats FROM {name} s "
                "LEFT JOIN planes p ON p.tailnum = s.tailnum WHERE p.tailnum IS NULL"
            )
        ).rowcount
        rows = connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
        return {"inserted": added, "updated": changed, "unchanged": rows - added - changed}

    return merge_seats


def merge_counted_first() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        both = planes.c.tailnum == staging.c.tailnum
        same = planes.c.seats.is_not_distinct_from(staging.c.seats)
        kind = case(
            (planes.c.tailnum.is_(None), "inserted"), (same, "unchanged"), else_="updated"
        ).label("kind")
        joined = select(kind, staging.c.tailnum).outerjoin_from(staging, planes, both).subquery()
        found = connection.execute(select(joined.c.kind, func.count()).group_by(joined.c.kind))
        counts = {"inserted": 0, "updated": 0, "unchanged": 0} | dict(found.all())
        changing = select(staging.c.seats).where(both).scalar_subquery()
        known = select(staging.c.tailnum)
        differs = update(planes).values(seats=changing).where(planes.c.tailnum.in_(known))
        connection.execute(differs)
        missing = select(staging.c.tailnum, staging.c.seats).where(
            staging.c.tailnum.not_in(select(planes.c.tailnum))
        )
        connection.execute(insert(planes).from_select(["tailnum", "seats"], missing))
        return counts

    return merge_seats


def merge_by_upsert() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        both = planes.c.tailnum == staging.c.tailnum
        same = planes.c.seats.is_not_distinct_from(staging.c.seats)
        rows = connection.scalar(select(func.count()).select_from(staging))
        known = connection.scalar(select(func.count()).select_from(planes).join(staging, both))
        unchanged = connection.scalar(
            select(func.count()).select_from(planes).join(staging, and_(both, same))
        )
        columns = select(staging.c.tailnum, staging.c.seats)
        if connection.dialect.name == "sqlite":
            add = sqlite.insert(planes).from_select(
                ["tailnum", "seats"], columns.where(literal_column("1") == 1)
            )
            add = add.on_conflict_do_update(["tailnum"], set_={"seats": add.excluded.seats})
        else:
            other = mysql.insert(planes).from_select(["tailnum", "seats"], columns)
            add = other.on_duplicate_key_update(seats=other.inserted.seats)
        connection.execute(add)
        return {"inserted": rows - known, "updated": known - unchanged, "unchanged": unchanged}

    return merge_seats


def merge_by_a_session() -> Any:
    def merge_seats(connection, staging):
        staged_rows = connection.execute(select(staging.c.tailnum, staging.c.seats)).all()
        # A transaction is begun now: the session's own commit ends a savepoint in it.
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            mine = select(Plane).where(Plane.tailnum.in_(select(staging.c.tailnum)))
            planes = {plane.tailnum: plane for plane in session.scalars(mine)}
            counts = dict.fromkeys(("inserted", "updated", "unchanged"), 0)
            for tailnum, seats in staged_rows:
                if tailnum not in planes:
                    session.add(Plane(tailnum=tailnum, seats=seats))
                    counts["inserted"] += 1
                elif planes[tailnum].seats != seats:
                    planes[tailnum].seats = seats
                    counts["updated"] += 1
                else:
                    counts["unchanged"] += 1
            session.commit()
        return counts

    return merge_seats


def merge_in_a_savepoint() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        both = planes.c.tailnum == staging.c.tailnum
        unlike = or_(
            planes.c.seats != staging.c.seats,
            and_(planes.c.seats.is_(None), staging.c.seats.is_not(None)),
            and_(planes.c.seats.is_not(None), staging.c.seats.is_(None)),
        )
        with connection.begin_nested():
            rows = len(connection.execute(select(staging.c.tailnum)).all())
            now = select(staging.c.seats).where(both).scalar_subquery()
            which = select(staging.c.tailnum).where(both, unlike).exists()
            updated = connection.execute(update(planes).values(seats=now).where(which)).rowcount
            other = select(staging.c.tailnum, staging.c.seats)
            other = other.outerjoin(planes, both).where(planes.c.tailnum.is_(None))
            statement = insert(planes).from_select([column("tailnum"), column("seats")], other)
            inserted = connection.execute(statement).rowcount
        return dict(inserted=inserted, updated=updated, unchanged=rows - inserted - updated)

    return merge_seats


def merge_by_frames() -> Any:
    def merge_seats(connection, staging):
        ours = pd.read_sql(select(Plane.tailnum, Plane.seats), connection, dtype={"seats": "Int64"})
        theirs = pd.read_sql(select(staging), connection, dtype={"seats": "Int64"})
        both = theirs.merge(ours, on="tailnum", how="left", suffixes=("", "_old"), indicator=True)
        new = both[both["_merge"] == "left_only"]
        old = both[both["_merge"] == "both"]
        differs = (old["seats"].fillna(-1) != old["seats_old"].fillna(-1)).astype(bool)
        changed = old[differs]
        if len(new):
            rows = new[["tailnum", "seats"]]
            rows.to_sql("planes", connection, if_exists="append", index=False)
        if len(changed):
            values = [
                {"key": tailnum, "now": None if pd.isna(seats) else int(seats)}
                for tailnum, seats in zip(changed["tailnum"], changed["seats"], strict=True)
            ]
            set_seats = text("UPDATE planes SET seats = :now WHERE tailnum = :key")
            connection.execute(set_seats, values)
        counts = len(new), len(changed), len(old) - len(changed)
        return dict(zip(("inserted", "updated", "unchanged"), counts, strict=True))

    return merge_seats


def merge_by_pairs() -> Any:
    def merge_seats(connection, staging):
        planes = Plane.__table__
        both = planes.c.tailnum == staging.c.tailnum
        pair = tuple_(staging.c.tailnum, func.coalesce(staging.c.seats, -1))
        equal = select(planes.c.tailnum, func.coalesce(planes.c.seats, -1))
        same = connection.scalar(select(func.count()).select_from(staging).where(pair.in_(equal)))
        known = connection.scalar(select(func.count()).select_from(staging).join(planes, both))
        rows = connection.scalar(select(func.count()).select_from(staging))
        now = select(staging.c.seats).where(both).scalar_subquery()
        known_tails = planes.c.tailnum.in_(select(staging.c.tailnum))
        new = select(staging.c.tailnum, staging.c.seats)
        new = new.where(staging.c.tailnum.not_in(select(planes.c.tailnum)))
        connection.execute(update(planes).where(known_tails).values(seats=now))
        connection.execute(insert(planes).from_select(["tailnum", "seats"], new))
        return {"inserted": rows - known, "updated": known - same, "unchanged": same}

    return merge_seats


def merge_by_a_closed_session() -> Any:
    def merge_seats(connection, staging):
        counts = {"inserted": 0, "updated": 0, "unchanged": 0}
        with Session(connection) as session:
            planes = {plane.tailnum: plane for plane in session.scalars(select(Plane))}
            for tailnum, seats in session.execute(select(staging.c.tailnum, staging.c.seats)):
                plane = planes.get(tailnum)
                if plane is None:
                    session.add(Plane(tailnum=tailnum, seats=seats))
                    counts["inserted"] += 1
                elif plane.seats == seats:
                    counts["unchanged"] += 1
                else:
                    plane.seats = seats
                    counts["updated"] += 1
            session.flush()
        return counts

    return merge_seats


ALSO_RIGHT = (
    merge_in_python,
    merge_in_sql,
    merge_counted_first,
    merge_by_upsert,
    merge_by_a_session,
    merge_by_a_closed_session,
    merge_in_a_savepoint,
    merge_by_frames,
    merge_by_pairs,
)

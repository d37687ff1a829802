"""Answers to exercise 10.3, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

from contextlib import suppress
from typing import Any

from lib.errors import NotReady, PipelineError

# --- Right ----------------------------------------------------------------------------------


def backfill_with_causes() -> Any:
    def backfill(months, task):
        errors = {}
        for month in months:
            try:
                task(month)
            except Exception as error:
                errors[month] = error
        if errors:
            causes = "; ".join(f"{month}: {error}" for month, error in errors.items())
            raise PipelineError(causes) from next(iter(errors.values()))
        return list(months)

    return backfill


def backfill_by_a_helper() -> Any:
    def backfill(months, task):
        def fails(month):
            try:
                task(month)
            except Exception:
                return True
            return False

        failed = [month for month in months if fails(month)]
        if not failed:
            return tuple(months)
        names = " and ".join(failed)
        raise PipelineError(f"Failed: {names}.", fix="Look at their notes, then run them again.")

    return backfill


def backfill_with_a_group() -> Any:
    def backfill(months, task):
        errors = []
        done = []
        for month in months:
            try:
                task(month)
                done.append(month)
            except KeyboardInterrupt:
                raise
            except Exception as error:
                error.add_note(month)
                errors.append(error)
        if errors:
            names = [error.__notes__[-1] for error in errors]
            raise PipelineError(", ".join(names)) from ExceptionGroup("months", errors)
        return done

    return backfill


def backfill_in_two_lists() -> Any:
    def backfill(months, task):
        good, bad = [], []
        for month in months:
            found = bad
            with suppress(Exception):
                task(month)
                found = good
            found.append(month)
        if bad:
            raise NotReady(f"{len(bad)} of {len(months)} failed:\n" + "\n".join(bad))
        return good

    return backfill


# --- Wrong ----------------------------------------------------------------------------------


def backfill_stops() -> Any:
    def backfill(months, task):
        for month in months:
            try:
                task(month)
            except Exception as error:
                raise PipelineError(f"{month} failed.") from error
        return months

    return backfill


def backfill_gives_up() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
            if len(failed) == 3:
                break
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


def backfill_returns_what_worked() -> Any:
    def backfill(months, task):
        done = []
        for month in months:
            try:
                task(month)
                done.append(month)
            except Exception:
                print(f"{month} failed")
        return done

    return backfill


def backfill_names_the_last() -> Any:
    def backfill(months, task):
        failed = None
        for month in months:
            try:
                task(month)
            except Exception:
                failed = month
        if failed:
            raise PipelineError(f"{failed} failed.")
        return months

    return backfill


def backfill_ending(end: Any) -> Any:
    """Try each month; `end` is called with those that failed, if there are any."""

    def backfill(months, task):
        failed = []
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
        return end(failed) if failed else months

    return backfill


def backfill_names_a_range() -> Any:
    def end(failed):
        raise PipelineError(f"Failed: {failed[0]} to {failed[-1]}.")

    return backfill_ending(end)


def backfill_raises_the_last_error() -> Any:
    def backfill(months, task):
        last = None
        for month in months:
            try:
                task(month)
            except Exception as error:
                last = error
        if last:
            raise last
        return months

    return backfill


def backfill_returns_the_error() -> Any:
    return backfill_ending(lambda failed: PipelineError(f"Months that failed: {failed}."))


def backfill_asks_the_result() -> Any:
    def backfill(months, task):
        failed = []
        for month in months:
            try:
                if not task(month):
                    failed.append(month)
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill


def backfill_remembers() -> Any:
    def backfill(months, task, failed=[]):  # noqa: B006
        for month in months:
            try:
                task(month)
            except Exception:
                failed.append(month)
        if failed:
            raise PipelineError(f"Months that failed: {', '.join(dict.fromkeys(failed))}.")
        return months

    return backfill


def backfill_raises_at_last() -> Any:
    def backfill(months, task):
        failed = []
        try:
            for month in months:
                try:
                    task(month)
                except Exception:
                    failed.append(month)
        finally:
            if failed:
                raise PipelineError(f"Months that failed: {', '.join(failed)}.")
        return months

    return backfill

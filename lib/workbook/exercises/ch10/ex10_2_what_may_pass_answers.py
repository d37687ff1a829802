"""Answers to exercise 10.2, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import random
from typing import Any

from lib.errors import PipelineError

# --- Right ----------------------------------------------------------------------------------


def retries_with_jitter() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        while True:
            attempts -= 1
            try:
                return work()
            except Exception as error:
                if not attempts or not may_pass(error):
                    raise
                sleep(pause * random.uniform(0.8, 1.2))
                pause *= 2

    return with_retries


def retries_by_calling_itself() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        try:
            return work()
        except Exception as error:
            if attempts <= 1 or not may_pass(error):
                raise
        sleep(pause)
        return with_retries(work, may_pass, sleep, attempts - 1, pause * 2)

    return with_retries


def retries_by_while() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        tries = 1
        while True:
            try:
                result = work()
            except KeyboardInterrupt:
                raise
            except Exception as error:
                if tries >= attempts:
                    raise error
                if not may_pass(error):
                    raise
                sleep(seconds=pause * 2 ** (tries - 1))
                tries += 1
            else:
                return result

    return with_retries


def retries_with_a_list_of_pauses() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for wait in [pause * 2**number for number in range(attempts - 1)]:
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                sleep(wait * (1 + random.random() / 4))
        return work()

    return with_retries


def retries_that_keep_the_error() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        last = None
        for number in range(attempts):
            if number:
                sleep(pause * 2 ** (number - 1))
            try:
                return work()
            except Exception as error:
                last = error
                if not may_pass(error):
                    break
        raise last

    return with_retries


def retries_by_recursion_inside() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        def attempt(left, wait):
            try:
                return work()
            except Exception as error:
                if left == 1 or not may_pass(error):
                    raise
            sleep(wait)
            return attempt(left - 1, 2 * wait)

        return attempt(attempts, pause)

    return with_retries


# --- Wrong ----------------------------------------------------------------------------------


def retries_that_swallow() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                if attempt < attempts - 1:
                    sleep(pause * 2**attempt)

    return with_retries


def retries_of_none() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                result = work()
                if result:
                    return result
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
                sleep(pause * 2**attempt)

    return with_retries


def retries_one_too_many() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                sleep(pause * 2**attempt)
        return work()

    return with_retries


def retries_of_ctrl_c() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except BaseException as error:
                broken = isinstance(error, Exception) and not may_pass(error)
                if attempt == attempts - 1 or broken:
                    raise
            sleep(pause * 2**attempt)

    return with_retries


def retries_that_raise_the_first() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        first = None
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                first = first or error
            if attempt < attempts - 1:
                sleep(pause * 2**attempt)
        raise first

    return with_retries


def retries_that_sleep_at_the_end() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
                last = error
            sleep(pause * 2**attempt)
        raise last

    return with_retries


def retries_without_end() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        while True:
            try:
                return work()
            except Exception as error:
                if not may_pass(error):
                    raise
            sleep(pause)
            pause *= 2

    return with_retries


def retries_that_turn_ctrl_c() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except KeyboardInterrupt:
                return None
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
            sleep(pause * 2**attempt)

    return with_retries


def retries_of_the_pipelines_errors() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except PipelineError as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
            sleep(pause * 2**attempt)

    return with_retries

"""Answers to exercise 10.2, right ones and wrong ones."""

# They stand here as one would type them into a cell, without annotations.
# mypy: disallow-untyped-defs=False, check-untyped-defs=False, disallow-untyped-calls=False

from __future__ import annotations

import random
from typing import Any


def solution_retries() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
            sleep(pause * 2**attempt)

    return with_retries


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


def retries_of_everything() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception:
                if attempt == attempts - 1:
                    raise
                sleep(pause * 2**attempt)

    return with_retries


def retries_without_backoff() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(error):
                    raise
                sleep(pause)

    return with_retries


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


def retries_that_ask_the_database() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except Exception as error:
                if attempt == attempts - 1 or not may_pass(None, error):
                    raise
                sleep(pause * 2**attempt)

    return with_retries


def retries_of_base_exceptions() -> Any:
    def with_retries(work, may_pass, sleep, attempts=4, pause=1.0):
        for attempt in range(attempts):
            try:
                return work()
            except BaseException as error:
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

"""diskcache without pickle: what it may store and read back is text, bytes and numbers, in the database alone.

diskcache 5.6.3 unpickles whatever a row says is a pickle, JSONDisk included (CVE-2025-69872). Every way in is refused here before its
own code sees the row. What is kept is in `cache`; this is imported only where a cache is used.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import diskcache
from diskcache.core import MODE_RAW, UNKNOWN

DATABASE = "cache.db"
TIMEOUT = 2.0
_IN_THE_DATABASE = 2**31 - 1
_LOCKED = "database is locked"
_SETTING = ("INSERT OR REPLACE INTO Settings", "INSERT OR IGNORE INTO Settings", "UPDATE Settings SET value = ? WHERE key = ?")


class RefusedError(Exception):
    """A row of a kind that this program never writes."""


class PlainDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Keys are text, values bytes, text or numbers; nothing is a pickle and nothing is a file beside the database."""

    def put(self, key: object) -> Any:
        if type(key) is not str:
            raise RefusedError(f"a key that is {type(key).__name__}, not text")
        return super().put(key)

    def get(self, key: object, raw: object) -> Any:
        if not raw or type(key) is not str:
            raise RefusedError("a key that is not plain text")
        return super().get(key, raw)

    def store(self, value: object, read: bool, key: object = UNKNOWN) -> Any:
        if read or type(value) not in (bytes, str, int, float):
            raise RefusedError(f"a value that is {type(value).__name__}, not text, bytes or a number")
        return super().store(value, read, key=key)

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> Any:
        if mode != MODE_RAW or filename is not None or read or type(value) not in (bytes, str, int, float):
            raise RefusedError("a value that is not plain")
        return super().fetch(mode, filename, value, read)

    def remove(self, file_path: object) -> None:
        """No row has a file: one that names a file all the same would have it deleted, wherever it is."""
        raise RefusedError("a value that is a file")


class PlainCache(diskcache.Cache):  # type: ignore[misc]  # diskcache has no types
    """A cache that gives up after `TIMEOUT` also while it opens, where diskcache would try for a minute, and that opens without
    writing where nothing is to be changed: ten times faster, and not stopped by somebody who writes."""

    @property
    def _sql_retry(self) -> Callable[..., Any]:
        execute = self._sql

        def patiently(statement: str, *arguments: Any, **named: Any) -> Any:
            there = _there_already(execute, statement, *arguments)
            if there is not None:
                return there
            until = time.monotonic() + TIMEOUT
            while True:
                try:
                    return execute(statement, *arguments, **named)
                except sqlite3.OperationalError as error:
                    if str(error) != _LOCKED or time.monotonic() > until:
                        raise
                time.sleep(0.005)  # SQLite says busy and offers nothing to wait on

        return patiently


def _there_already(execute: Callable[..., Any], statement: str, *arguments: Any) -> Any:
    """The answer to a statement that would write a setting as it already is; None for any other."""
    if not statement.startswith(_SETTING):
        return None
    changed, update = arguments[0], statement.startswith("UPDATE")
    key, value = reversed(changed) if update else changed
    found = execute("SELECT value FROM Settings WHERE key = ?", (key,))
    row = found.fetchone()
    kept = row is not None and (row[0] == value or statement.startswith("INSERT OR IGNORE"))
    return found if kept else None


def open_cache(directory: str) -> PlainCache:
    """The cache in a directory that was found to be safe. The database is made for its owner alone; SQLite gives its other files
    the same mode."""
    os.close(os.open(os.path.join(directory, DATABASE), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    cache = PlainCache.__new__(PlainCache)
    try:
        cache.__init__(  # type: ignore[misc]  # apart from __new__, so that what fails half-way can be closed
            directory,
            timeout=TIMEOUT,
            disk=PlainDisk,
            disk_min_file_size=_IN_THE_DATABASE,
            eviction_policy="none",
            cull_limit=0,
            statistics=0,
            tag_index=0,
        )
    except BaseException:
        cache.close()
        raise
    return cache


def reason(error: Exception) -> tuple[str, bool]:
    """What is the matter in plain words, and whether it is the kept data itself that is damaged."""
    if isinstance(error, diskcache.Timeout) and isinstance(error.__context__, sqlite3.Error):
        error = error.__context__  # diskcache calls everything that ends a transaction a timeout
    if isinstance(error, diskcache.Timeout) or _LOCKED in str(error):
        return "another program is using it", False
    if isinstance(error, sqlite3.OperationalError):
        said = str(error)
        return said, said.startswith(("no such", "malformed"))
    if isinstance(error, OSError):
        return error.strerror or str(error), False
    if isinstance(error, MemoryError):
        return "it does not fit into memory", False
    return str(error) or type(error).__name__, True

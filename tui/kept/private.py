"""A directory for this user alone (0700) whose files (0600) appear whole or not at all. What is in them is not known here."""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from whygate.errors import UserError
from whygate.text import visible

# Seconds to wait for another whygate that is just writing, which takes it a millisecond. One that was stopped there must not hold up
# everybody else for ever.
LOCK_PATIENCE = 1.0


class PrivateDirectory:
    """`path` is made when something is written. `variable` is the environment variable that names another directory, for complaints."""

    def __init__(self, path: str, variable: str) -> None:
        self.path = path
        self._variable = variable

    def read(self, name: str, most: int) -> bytes | None:
        """The file's content, None where there is none. Raises UserError where it may not be trusted, or is longer than `most` bytes."""
        try:
            with self._opened(make=False) as directory:
                if directory is None:
                    return None
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
                with os.fdopen(descriptor, "rb") as file:
                    found = os.fstat(descriptor)
                    if not stat.S_ISREG(found.st_mode):
                        raise self._refusal(f"holds a {name} that is not a file")
                    self._check(found, f"holds a {name} that ")
                    content = file.read(most + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refusal(f"cannot be read: {error.strerror}") from None
        if len(content) > most:
            raise UserError(f"longer than {most:,} bytes", where=visible(os.path.join(self.path, name)))
        return content

    def replace(self, name: str, content: bytes) -> str:
        """Write a file in the place of the one that was there; its path. Raises UserError where that cannot be done."""
        beside = f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
        try:
            with self._opened(make=True) as directory:
                descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=directory)
                try:
                    with os.fdopen(descriptor, "wb") as file:
                        file.write(content)
                    os.replace(beside, name, src_dir_fd=directory, dst_dir_fd=directory)
                except BaseException:
                    with suppress(OSError):
                        os.unlink(beside, dir_fd=directory)
                    raise
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from None
        return os.path.join(self.path, name)

    def rename(self, name: str, other: str) -> None:
        """Move a file aside. Raises UserError where that cannot be done."""
        try:
            with self._opened(make=False) as directory:
                if directory is not None:
                    os.replace(name, other, src_dir_fd=directory, dst_dir_fd=directory)
        except FileNotFoundError:
            return  # another process was quicker
        except OSError as error:
            raise self._refusal(f"cannot be written: {error.strerror}") from None

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """Keep other processes that ask for the lock out meanwhile. True where it was had; who does not get it in time goes on without."""
        descriptor = self._lock()
        try:
            yield descriptor is not None and _taken(descriptor)
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _lock(self) -> int | None:
        try:
            with self._opened(make=True) as directory:
                return os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=directory)
        except OSError:  # `replace` will say what is the matter
            return None

    @contextmanager
    def _opened(self, *, make: bool) -> Iterator[int | None]:
        """The directory as a descriptor, so that nobody can put another one in its place after the look at it."""
        if make:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            with suppress(FileExistsError):
                os.mkdir(self.path, 0o700)
        try:
            directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            yield None
            return
        try:
            found = os.fstat(directory)
            self._check(found, "")
            if make and stat.S_IMODE(found.st_mode) & 0o077:
                os.fchmod(directory, 0o700)
            yield directory
        finally:
            os.close(directory)

    def _check(self, found: os.stat_result, lead: str) -> None:
        if found.st_uid != os.geteuid():
            raise self._refusal(f"{lead}belongs to somebody else")
        if stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH):
            raise self._refusal(f"{lead}can be written by others", "take that right away (chmod go-w), or ")

    def _refusal(self, what: str, first: str = "") -> UserError:
        return UserError(what, where=visible(self.path), todo=f"{first}name another with {self._variable}")


def _taken(descriptor: int) -> bool:
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)  # a lock of flock has no wait with a limit: asked again until the patience is over
        except OSError:
            return False

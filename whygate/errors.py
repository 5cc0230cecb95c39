"""The one exception for what a user can cause: a plain line that says what is wrong, where, and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend.

    `what` is a plain sentence without its full stop; `where` a file, a path inside a document or a line; `todo` what to
    do next. `str()` gives the one line that commands print on standard error and screens show as a notice.
    """

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}; {self.todo}" if self.todo else line

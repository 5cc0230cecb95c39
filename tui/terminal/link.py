"""How the terminal is reached and what it can show, found out from the environment once, before Textual is imported. Reads no file and
asks the terminal nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

# Fewer frames a second mean fewer bytes while a key is held down; below 15 the answer to a single key becomes late.
SSH_FRAMES = "15"
# More of them show what a key brings about sooner: bit by bit, each with the next frame. They cost little, as only what changed is sent.
LOCAL_FRAMES = "120"

LINKS = ("auto", "local", "ssh")

# Terminals that know fewer characters than Unicode has, whatever the locale says: their fonts lack our marks.
_FEW_CHARACTERS = ("linux", "vt52", "vt100", "vt102", "vt220", "vt320", "ansi", "cons25", "sun")
_NO_COLOURS = ("vt52", "vt100", "vt102", "vt220", "vt320", "sun")
# What the interpreter puts into LC_CTYPE itself where the locale is C, or none that is known here (PEP 538).
_COERCED = ("C.UTF-8", "C.utf8")
_C = ("C", "POSIX")


class Link(msgspec.Struct, frozen=True):
    """What is settled for one run. `environment` is what Textual reads when it is imported; it gives way to what the user has set."""

    name: str
    because: str
    mouse: bool
    environment: tuple[tuple[str, str], ...]


def settle(choice: str, environment: Mapping[str, str]) -> Link:
    """The link for a choice, one of LINKS. Over SSH: no mouse reports, 15 frames a second and no more colours than TERM says.

    mosh is reached through ssh and leaves SSH_CONNECTION in place, so it is found in the same way.
    """
    named = next((name for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT") if environment.get(name)), "")
    remote = choice == "ssh" or (choice == "auto" and named != "")
    because = f"{named} is set" if choice == "auto" and named else "nothing says SSH" if choice == "auto" else "asked for"
    frames = SSH_FRAMES if remote else LOCAL_FRAMES
    values = [("TEXTUAL_ANIMATIONS", "none"), ("TEXTUAL_SMOOTH_SCROLL", "0"), ("TEXTUAL_FPS", frames)]
    if remote and "256color" in environment.get("TERM", ""):
        values.append(("TEXTUAL_COLOR_SYSTEM", "256"))
    return Link("ssh" if remote else "local", because, not remote, tuple(values))


def wants_no_colour(environment: Mapping[str, str]) -> bool:
    """Whether NO_COLOR is set (to anything but nothing), or the terminal has no colours."""
    return environment.get("NO_COLOR", "") != "" or _family(environment) in _NO_COLOURS or environment.get("TERM", "").endswith("-m")


def has_sixteen_colours(environment: Mapping[str, str]) -> bool:
    """Whether the terminal's own 16 colours are all that TERM and COLORTERM promise."""
    term = environment.get("TERM", "")
    many = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or "256color" in term or "direct" in term
    return not many and (term in ("xterm", "xterm-color", "xterm-16color", "screen", "tmux", "rxvt", "linux", "ansi", "cygwin", "cons25"))


def wants_ascii(environment: Mapping[str, str]) -> bool:
    """Whether the locale is not UTF-8, or the terminal is one that knows few characters. Where nothing at all is said it is UTF-8."""
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    if not environment.get("LC_ALL") and environment.get("LC_CTYPE") in _COERCED:
        locale = environment.get("LANG") or locale
    charset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    other = locale in _C or charset not in ("", "utf8") or (locale != "" and charset == "" and not locale.upper().startswith("UTF"))
    return other or _family(environment) in _FEW_CHARACTERS


def _family(environment: Mapping[str, str]) -> str:
    return environment.get("TERM", "").partition("-")[0]

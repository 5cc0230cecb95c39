"""Text that somebody else wrote, made safe to show. Every string from an account passes `visible` on its way out.

Evaluation always works on the untouched text: a tag with a control character in it is compared as it is.
"""

from __future__ import annotations

import re

# C0 controls, DEL and C1 controls drive terminals; bidi controls and zero-width characters make text read as other text
# than it is; U+2028/9 break lines; tags, interlinear marks and variation selectors hide; lone surrogates cannot be encoded.
_HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """`text` on one line, with everything a terminal could act on or hide shown as an escape such as `\\x1b`."""
    return _HOSTILE.sub(_escape, text)


def visible_lines(text: str) -> str:
    """As `visible`, for text of several lines: line feeds stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def visible_json(text: str) -> str:
    """Encoded JSON whose hostile characters are JSON escapes: the same value, safe on a terminal."""

    def escape(match: re.Match[str]) -> str:
        code = ord(match.group())
        if code == 0x0A:
            return "\n"
        if code >= 0x10000:
            code -= 0x10000
            return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
        return f"\\u{code:04x}"

    return _HOSTILE.sub(escape, text)


def count(number: int, noun: str, plural: str = "") -> str:
    """`count(1, "policy", "policies")` is "1 policy"; thousands are separated by commas."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

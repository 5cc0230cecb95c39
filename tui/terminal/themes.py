"""The colours of the explorer: dark, light, high contrast, and the 16 that the terminal has itself. A test measures their contrast.

Where a theme says a colour it is one of the 256 of xterm, so that a terminal with 256 colours shows what one with all of them shows.
"""

from __future__ import annotations

from textual.theme import Theme

AUTOMATIC = "auto"


def _theme(
    name: str, *, dark: bool, ground: str, raised: str, text: str, muted: str, tones: tuple[str, ...], cursor: tuple[str, str]
) -> Theme:
    """`tones` are those of good, bad, maybe, key and number; `cursor` is the background and the text of the row under the cursor."""
    good, bad, maybe, key, number = tones
    return Theme(
        name=name,
        dark=dark,
        primary=key,
        secondary=key,
        success=good,
        error=bad,
        warning=maybe,
        accent=number,
        foreground=text,
        background=ground,
        surface=raised,
        panel=raised,
        boost=raised,
        variables={
            "text": text,
            "text-muted": muted,
            "text-disabled": muted,
            "text-success": good,
            "text-error": bad,
            "text-warning": maybe,
            "text-primary": key,
            "text-accent": number,
            "foreground-muted": muted,
            "primary-muted": cursor[0],
            "block-cursor-background": cursor[0],
            "block-cursor-foreground": cursor[1],
            "block-cursor-text-style": "bold",
            "input-cursor-background": text,
            "input-cursor-foreground": ground,
            "input-selection-background": cursor[0],
            "input-selection-foreground": cursor[1],
            "screen-selection-background": maybe,
            "screen-selection-foreground": ground,
        },
    )


DARK = _theme(
    "dark",
    dark=True,
    ground="#121212",
    raised="#1c1c1c",
    text="#e4e4e4",
    muted="#9e9e9e",
    tones=("#87d787", "#ff8787", "#ffd75f", "#87afff", "#d7afff"),
    cursor=("#005f87", "#ffffff"),
)
LIGHT = _theme(
    "light",
    dark=False,
    ground="#ffffff",
    raised="#eeeeee",
    text="#1c1c1c",
    muted="#5f5f5f",
    tones=("#005f00", "#af0000", "#875f00", "#005faf", "#8700af"),
    cursor=("#afd7ff", "#000000"),
)
HIGH_CONTRAST = _theme(
    "high-contrast",
    dark=True,
    ground="#000000",
    raised="#000000",
    text="#ffffff",
    muted="#d0d0d0",
    tones=("#5fff5f", "#ffafaf", "#ffff5f", "#87d7ff", "#ffafff"),
    cursor=("#ffff00", "#000000"),
)
# The ground is the terminal's, light or dark, so that text is its own text colour or one of the six that are legible on both in
# most palettes; the row under the cursor is reversed.
TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    success="ansi_green",
    error="ansi_red",
    warning="ansi_magenta",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "foreground-muted": "ansi_default",
        "text-primary": "ansi_cyan",
        "primary-muted": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "bold reverse",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "screen-selection-background": "ansi_magenta",
        "screen-selection-foreground": "ansi_bright_white",
    },
)

THEMES = (DARK, LIGHT, HIGH_CONTRAST, TERMINAL)
NAMES = tuple(theme.name for theme in THEMES)

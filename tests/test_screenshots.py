"""The pictures in screenshots/ are what the program shows today; `python -m screenshots.make` makes them anew."""

from __future__ import annotations

import pytest

from screenshots import make


@pytest.mark.parametrize("shot", make.SHOTS, ids=[shot.name for shot in make.SHOTS])
async def test_picture_matches_the_program(shot: make.Shot) -> None:
    kept = (make.FOLDER / f"{shot.name}.svg").read_text(encoding="utf-8")
    drawn = await make.picture(shot)
    assert make.plain_text(drawn) == make.plain_text(kept), "make them anew with: python -m screenshots.make"
    if make.made_with() in kept:
        assert drawn == kept, "the text is the same, the colours or styles are not: python -m screenshots.make"


def test_text_of_a_picture_is_read_line_by_line() -> None:
    svg = '<text class="a" x="12.2" y="40">two</text><text class="a" x="0" y="20">one&#160;</text><text class="a" x="0" y="40">-</text>'
    assert make.plain_text(svg) == "one \n-two"


def test_pictures_that_the_readme_shows_are_there() -> None:
    readme = (make.FOLDER.parent / "README.md").read_text(encoding="utf-8")
    shown = [shot.name for shot in make.SHOTS if shot.png]
    assert len(make.SHOTS) >= 6
    assert all(f"screenshots/{name}.png" in readme and (make.FOLDER / f"{name}.png").is_file() for name in shown)

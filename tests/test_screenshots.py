"""The pictures in screenshots/ are what the program shows today; `python -m screenshots.make` makes them anew."""

from __future__ import annotations

import pytest

from screenshots import keys, make
from screenshots.shots import SHOTS, Shot
from tui.location import KINDS

ROOT = make.FOLDER.parent
MOST_PNG = 5  # each is as large as all that the program sends in a session


@pytest.mark.parametrize("shot", SHOTS, ids=[shot.name for shot in SHOTS])
async def test_picture_matches_the_program(shot: Shot) -> None:
    kept = (make.FOLDER / f"{shot.name}.svg").read_text(encoding="utf-8")
    drawn = await make.picture(shot)
    assert make.plain_text(drawn) == make.plain_text(kept), "make them anew with: python -m screenshots.make"
    if make.made_with() in kept:
        assert drawn == kept, "the text is the same, the colours or styles are not: python -m screenshots.make"


def test_text_of_a_picture_is_read_line_by_line() -> None:
    svg = '<text class="a" x="12.2" y="40">two</text><text class="a" x="0" y="20">one&#160;</text><text class="a" x="0" y="40">-</text>'
    assert make.plain_text(svg) == "one \n-two"


async def test_a_text_that_never_comes_is_complained_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make, "TURNS", 3)
    with pytest.raises(RuntimeError, match="account: 'no such text' never came"):
        await make.picture(SHOTS[1]._replace(name="account", wanted="no such text"))


def test_every_kind_of_place_has_a_picture() -> None:
    assert {shot.at.partition(" ")[0].partition("?")[0] or "start" for shot in SHOTS} == set(KINDS)


def test_every_picture_is_on_the_page_of_the_screens_and_none_is_left_over() -> None:
    page = keys.PAGE.read_text(encoding="utf-8")
    names = [shot.name for shot in SHOTS]
    assert [name for name in names if f"](../screenshots/{name}.svg)" not in page] == []
    assert sorted(path.stem for path in make.FOLDER.glob("*.svg")) == sorted(names)


def test_the_readme_shows_the_pictures_that_are_there_as_pixels_and_no_more() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = sorted(shot.name for shot in SHOTS if shot.png)
    assert sorted(path.stem for path in make.FOLDER.glob("*.png")) == shown
    assert [name for name in shown if f"](screenshots/{name}.png)" not in readme] == []
    assert len(shown) <= MOST_PNG

"""What a partial source looks like in the explorer: what nobody asked AWS for is shown as that, never as "none"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explorer_accounts import at_place, explorer, loaded, rows
from sources import HOME, export, register

from adapters import registry
from tui.widgets.line import Line

ROLE = {"RoleName": "Ocr", "Arn": f"arn:aws:iam::{HOME}:role/Ocr", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)


async def test_a_role_of_a_list_has_policies_and_a_boundary_that_were_not_collected(tmp_path: Path) -> None:
    path = tmp_path / "roles.json"
    path.write_text(json.dumps({"Roles": [ROLE]}))
    app = explorer(registry.load(str(path)))
    async with app.run_test(size=(100, 30)) as pilot:
        await loaded(pilot)
        await pilot.press("3", "enter")
        await at_place(pilot, "principal")
        shown = "\n".join(rows(app))
        assert "its document is not in the data" in shown
        assert "boundary" in shown
        assert "none" not in next(row for row in rows(app) if "boundary" in row)


async def test_a_folder_of_two_accounts_opens(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(export()))
    (tmp_path / "b.json").write_text(json.dumps(export("444455556666", "bo")))
    app = explorer(registry.load(str(tmp_path)))
    async with app.run_test(size=(100, 30)) as pilot:
        await loaded(pilot)
        shown = "\n".join(rows(app))
        assert "ana" in shown
        assert "bo" in shown


async def test_an_organization_alone_opens_with_nothing_in_its_accounts(tmp_path: Path) -> None:
    tree = {"Id": "r-ab12", "Name": "Root", "PolicyTypes": [], "Policies": [], "Children": [{"Id": HOME, "Name": "prod", "Policies": []}]}
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(tree))
    app = explorer(registry.load(str(path)))
    async with app.run_test(size=(100, 30)) as pilot:
        await loaded(pilot)
        assert any(line.text == "users were not collected" for line in app.query(Line))

"""Every test keeps its own state and reads no configuration: neither what this machine's user has nor what another test left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _no_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYGATE_STATE_DIR", str(tmp_path_factory.mktemp("state", numbered=True) / "whygate"))
    monkeypatch.setenv("WHYGATE_CONFIG", os.devnull)


@pytest.fixture
def state_directory() -> Path:
    """Where whygate keeps its state in this test; not made yet."""
    return Path(os.environ["WHYGATE_STATE_DIR"])

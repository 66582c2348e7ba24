"""A server whose connection is lost is begun again after pauses that double."""

from __future__ import annotations

import types

import pytest

from lucky_analytics.snapshot import read_servers
from lucky_analytics.sources.base import LostConnectionError


@pytest.mark.parametrize(
    ("n_lost", "attempts", "pauses"), [(0, 4, []), (3, 4, [0.5, 1.0, 2.0]), (1, 4, [0.5])]
)
def test_pauses_double(monkeypatch, n_lost, attempts, pauses):
    slept, said, tried = [], [], []

    def read(*arguments):
        tried.append(arguments)
        if len(tried) <= n_lost:
            raise LostConnectionError("server salesorder", got="connection lost")
        return "server", {}

    monkeypatch.setattr(read_servers, "_read_server", read)
    monkeypatch.setattr(read_servers.time, "sleep", slept.append)
    source = types.SimpleNamespace(name="salesorder", attempts=attempts)
    workspace = types.SimpleNamespace(finished=lambda name: None)
    assert read_servers._one_server(source, workspace, None, None, set(), said.append) == ("server", {})
    assert slept == pauses
    assert [line.rpartition(" in ")[2] for line in said] == [f"{pause:g} s" for pause in pauses]


def test_the_last_attempt_is_the_last(monkeypatch):
    def read(*arguments):
        raise LostConnectionError("server salesorder", got="connection lost")

    slept = []
    monkeypatch.setattr(read_servers, "_read_server", read)
    monkeypatch.setattr(read_servers.time, "sleep", slept.append)
    source = types.SimpleNamespace(name="salesorder", attempts=2)
    with pytest.raises(LostConnectionError):
        read_servers._one_server(
            source, types.SimpleNamespace(finished=lambda name: None), None, None, set(), print
        )
    assert slept == [0.5]

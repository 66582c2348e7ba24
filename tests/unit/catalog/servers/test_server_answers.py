"""Who answered when: rows as they were collected, and nothing claimed of a server that was silent."""

from __future__ import annotations

from tests import server_world


def test_rows_are_those_of_the_source_and_a_silent_server_has_neither_role_nor_start():
    frames = server_world.pick(server_world.raw())
    rows = server_world.conform(frames)["server_answers"].execute()
    raw = frames["instances"]
    assert len(rows) == len(raw) and set(rows["server"]) == set(raw["instance"])
    merged = rows.merge(raw, left_on=["server", "asked_at"], right_on=["instance", "collected_at"])
    assert len(merged) == len(raw)
    assert (merged["is_reached_x"] == (merged["is_reached_y"] == 1)).all()
    silent = ~rows["is_reached"]
    assert 0 < silent.sum() < len(rows)
    assert rows.loc[silent, ["role", "version", "started_at"]].isna().all(axis=None)
    assert rows.loc[~silent, ["role", "version", "started_at"]].notna().all(axis=None)
    assert (merged["kind_x"] == merged["kind_y"]).all()

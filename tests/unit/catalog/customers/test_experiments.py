from __future__ import annotations

from tests import estate_rows

HIT = "luckyus_isalesdatamarketing.t_user_hit_experiment_record"
PLAN = "luckyus_isalesdatamarketing.t_experiment"


def test_assignments_know_their_experiment_and_their_date(tmp_path):
    hit = {"experiment_no": "E1", "user_no": "U1", "branch": "treatment"}
    rows = {
        PLAN: [{"id": 1, "experiment_no": "E1", "experiment_name": "Second cup", "planned_share": 0.5}],
        HIT: [
            # 03:30 UTC on 2 January is still 1 January in New York
            {"id": 1, **hit, "hit_time": "2026-01-02T03:30:00"},
            {"id": 2, **hit, "user_no": "U2", "hit_time": "2026-01-02T15:00:00"},
            {"id": 3, **hit, "experiment_no": "E9", "hit_time": "2025-12-01T15:00:00"},
        ],
    }
    suite = estate_rows.suite(tmp_path, rows, as_of="2026-01-01")
    frame = suite.experiments.execute().set_index("experiment_id")
    assert sorted(frame.index) == ["E1", "E9"]  # U2 came after as_of
    assert frame.loc["E1", "customer_id"] == "U1" and frame.loc["E1", "planned_share"] == 0.5
    assert str(frame.loc["E1", "assigned_date"])[:10] == "2026-01-01"
    assert frame["experiment_name"].isna().tolist() == [name == "E9" for name in frame.index]
    assert set(frame["reference_branch"]) == {"control"}

"""What the page on posts says of complaints to us while no post is on file."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.questions.marketing.social_listening import advice, own_records


def told(*counts, has_file=False):
    kinds = pd.DataFrame(counts, columns=["kind", "n"])
    stores = pd.DataFrame({"store": ["A"], "n_orders": [10_000]})
    own = own_records.OwnRecords(stores, kinds, dt.date(2026, 1, 1), dt.date(2026, 2, 13), "")
    return advice.describe_unknown(has_file, own, own_records.measure_kinds(own))


def test_a_kind_that_leads_beyond_chance_has_the_title_and_goes_to_operations():
    title, said, made = told(("taste", 40), ("long wait", 80))
    assert title == "66.7 % of complaints: long wait; no public review is on file"
    assert said.startswith(
        "Since 1 Jan customers made 120 complaints to us, 66.7 % of them on long wait, against"
    )
    assert made.action.startswith("hand the complaints on long wait to Operations; by 27 Feb ask")
    assert "page on how long customers wait" in made.because


@pytest.mark.parametrize("counts", [(("taste", 40), ("long wait", 41)), (("taste", 2), ("staff", 1))])
def test_kinds_within_chance_of_each_other_have_no_leader(counts):
    title, _, made = told(*counts)
    assert title == "No one kind of complaint to us leads; no public review is on file"
    assert made.action.startswith("by 27 Feb ask") and "Operations" not in made.action
    assert ("how long customers wait" in made.because) == (
        max(counts, key=lambda own: own[1])[0] == "long wait"
    )


def test_without_complaints_and_with_a_file_that_has_no_post_only_that_is_said():
    title, said, _ = told(has_file=True)
    assert title == "What people say of us in public is not known"
    assert said == "The file has no post by 13 Feb 2026."

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.figures import labels
from lucky_analytics.figures.labels import place_labels

FRAME = (-200.0, -200.0, 200.0, 200.0)


def points(*places, width=60):
    return pd.DataFrame(places, columns=["x", "y"]).assign(radius=5, width=width, height=12)


def hidden(frame, sides):
    """Pixels of text under other text, counted one by one."""
    drawn = np.zeros((800, 800), int)
    for row, side in zip(frame.itertuples(), sides, strict=True):
        box = labels._text_box(np.array([row.x, row.y, row.radius, row.width, row.height]), side)
        left, top, right, bottom = (round(v) + 400 for v in box)
        drawn[top:bottom, left:right] += 1
    return int((drawn > 1).sum())


def test_a_lone_label_stands_on_the_right():
    assert place_labels(points((0, 0)), FRAME) == ["right"]


def test_a_label_at_the_edge_turns_inwards():
    assert place_labels(points((190, 0)), FRAME) == ["left"]
    assert place_labels(points((0, -198), width=500), (-1e3, -200.0, 1e3, 200.0)) != ["above"]


@pytest.mark.parametrize("step", [(12, 0), (0, 10), (25, 3)])
def test_neighbours_do_not_hide_each_other(step):
    crowd = points(*[(step[0] * i, step[1] * i) for i in range(3)])
    assert hidden(crowd, place_labels(crowd, FRAME)) == 0


def test_the_choice_for_two_is_as_good_as_the_best_of_all():
    for seed in range(20):
        pair = points(*np.random.default_rng(seed).uniform(-40, 40, (2, 2)))
        best = min(hidden(pair, sides) for sides in itertools.product(labels.SIDES, repeat=2))
        assert hidden(pair, place_labels(pair, FRAME)) == best


def test_of_more_points_than_can_be_read_each_label_still_minds_the_marks():
    n = labels.MOST_MOVED + 1
    row = pd.DataFrame({"x": 14.0 * np.arange(n), "y": 0.0, "radius": 4, "width": 12, "height": 8})
    sides = place_labels(row, (-100, -100, 14.0 * n + 100, 100))
    assert len(sides) == n and set(sides[1:-1]) == {"below"}

"""First in, first out, against a plain list of deliveries."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.demo.build.arrays import stream
from lucky_analytics.demo.process.shelf_ages import Shelf

LIFE = np.array([3, 10, -1])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_oldest_goes_first_and_what_is_too_old_goes_at_all(seed: int):
    rng = stream(seed, "shelf")
    shelf = Shelf(2, LIFE)
    batches: dict[tuple[int, int], list[list[int]]] = {(s, g): [] for s in range(2) for g in range(3)}
    for _ in range(60):
        delivered = rng.integers(0, 9, (2, 3)) * (rng.random((2, 3)) < 0.4)
        wish = rng.integers(0, 5, (2, 3))
        shelf.add(delivered)
        take = np.minimum(wish, shelf.level())
        shelf.take(take)
        for (store, good), own in batches.items():
            own.append([0, int(delivered[store, good])])
            left = int(take[store, good])
            for batch in own:
                used = min(left, batch[1])
                batch[1] -= used
                left -= used
        gone = shelf.discard()
        for (store, good), own in batches.items():
            life = LIFE[good]
            old = [batch for batch in own if 0 < life <= batch[0]]
            assert gone[store, good] == sum(batch[1] for batch in old)
            own[:] = [batch for batch in own if batch not in old and batch[1]]
            assert shelf.level()[store, good] == sum(batch[1] for batch in own)
            if life > 0:
                assert shelf.oldest()[store, good] == max((batch[0] for batch in own), default=0)
                lasting = sum(batch[1] for batch in own if batch[0] + 2 - 1 <= life)
                assert shelf.level(np.full((2, 3), 2))[store, good] == lasting
            for batch in own:
                batch[0] += 1
        shelf.grow_older()

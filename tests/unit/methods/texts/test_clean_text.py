"""Texts of strangers: what is taken out, which are copies, what the reading makes of hard ones."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from lucky_analytics.methods.texts.clean_text import (
    FEWEST_LETTERS,
    clean_text,
    find_copies,
    list_small_words,
    mask_people,
    spell_out,
)

HARD = "a\x00b\x1b[31m\u202egnp.exe\u2066\u200b\ufeff\r\n\ttail \U0001f9d1\u200d\U0001f373"


def test_nothing_unseen_is_left_and_what_is_seen_stays():
    cleaned = clean_text(HARD)
    kinds = {unicodedata.category(sign) for sign in cleaned if sign != "\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs"} and "\n" not in cleaned
    assert cleaned == "ab[31mgnp.exe tail \U0001f9d1\u200d\U0001f373"
    assert clean_text("=HYPERLINK('x') <b>é 太慢了</b>") == "=HYPERLINK('x') <b>é 太慢了</b>"


@pytest.mark.parametrize(
    "private",
    ["646-555-0199", "(646) 555-0199", "6465550199", "+1 646 555 0199", "646.555.0199", "646 / 555 / 0199",
     "ann@example.com", "ann (at) example.com", "@ann_lee", "@ ann", "＠ann", "https://x.co/ann",
     "www.ann.com/x", "t.me/annlee", "4111 1111 1111 1111", "Ann", "Ann-Marie", "O'Brien", "ANN", "Élodie"],
)  # fmt: skip
def test_what_names_or_reaches_somebody_is_masked(private):
    small = list_small_words(["rude to me, call or write and never again", "awful, i mean it"])
    masked = mask_people(f"rude to me, call {private} or write", small)
    assert masked.startswith("rude to me, call ") and masked.endswith(" or write") and "[…]" in masked
    assert not any(part in masked for part in ("555", "ann", "Ann", "ANN", "Brien", "1111", "lodie"))


def test_ordinary_words_stay_whatever_their_case_and_prices_too():
    small = list_small_words(["never again", "the worst wait, i am done"])
    assert mask_people("NEVER again. The worst, I'm done: $6 for 12 oz, 20 min", small) == (
        "NEVER again. The worst, I'm done: $6 for 12 oz, 20 min"
    )


def test_copies_are_those_of_a_loop_over_pairs():
    rng = np.random.default_rng(5)
    words = ["slow", "coffee", "never", "again", "staff", "wait", "great", "place"]
    texts = [" ".join(rng.choice(words, rng.integers(1, 9))) for _ in range(80)]
    texts += [f"{text.upper()}!! {k} @bot{k} http://x.co/{k}" for k, text in enumerate(texts[:40])]
    found = find_copies(texts)
    for place, text in enumerate(texts):
        own = spell_out(text)
        alike = [k for k in range(place) if spell_out(texts[k]) == own] if len(own) >= FEWEST_LETTERS else []
        assert found[place] == (alike[0] if alike else place)
    assert (found != np.arange(len(texts))).sum() >= 10
    accents = [f"{word}{'x' * FEWEST_LETTERS}" for word in ("caf\u00e9", "cafe\u0301", "ＣＡＦＥ", "cafo")]
    assert find_copies(accents).tolist() == [0, 0, 0, 3]

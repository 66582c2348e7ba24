"""Names of payment methods: guesses say so, numbers without one stay numbers, a wrong entry is one line."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.reference.payment_names import load_method_names


def test_shipped_names_are_guesses_until_somebody_confirms_them():
    names = load_method_names()
    assert len(names) == 6 and all(names.is_guess(channel) for channel in [*names, "91"])
    assert names.label("53") == "Apple Pay (53)" and names.label("91") == "A method no table names (code 91)"


def test_a_confirmed_name_is_no_guess(tmp_path):
    file = tmp_path / "names.yml"
    file.write_text('"5": {name: gift card, is_confirmed: "yes", source: processor}\n')
    names = load_method_names(file)
    assert not names.is_guess("5") and names.name("5") == "gift card" and names.label("5") == "Gift card (5)"


@pytest.mark.parametrize(
    "text",
    ['"5": gift card', '"5": {name: gift card}', '"5": {source: x}', '"5": {name: x, source: y, fee: 2}',
     '"5": {name: x, source: y, is_confirmed: maybe}'],
)  # fmt: skip
def test_an_entry_that_is_not_of_its_form_is_one_line_with_its_place(tmp_path, text):
    file = tmp_path / "names.yml"
    file.write_text(text + "\n")
    with pytest.raises(LuckyError, match=r"names\.yml line 1") as error:
        load_method_names(file)
    assert "\n" not in str(error.value)

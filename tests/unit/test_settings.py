"""What the environment says: the addresses of the portal and of the apps."""

from __future__ import annotations

import pytest

from lucky_analytics import settings
from lucky_analytics.errors import LuckyError


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, None),
        (" ", None),
        ("https://reports.example.com/lucky/", "https://reports.example.com/lucky"),
        ("http://10.0.0.7:8000", "http://10.0.0.7:8000"),
    ],
)
def test_the_addresses_of_portal_and_apps(monkeypatch, said, expected):
    for variable in ("LUCKY_SITE_URL", "LUCKY_APPS_URL"):
        monkeypatch.delenv(variable, raising=False)
        if said is not None:
            monkeypatch.setenv(variable, said)
    found = settings.load()
    assert (found.site_url, found.apps_url) == (expected, expected)


@pytest.mark.parametrize("said", ["reports.example.com", "javascript:alert(1)", "https://x.example/?a=1"])
def test_what_is_no_address_is_refused(monkeypatch, said):
    monkeypatch.setenv("LUCKY_SITE_URL", said)
    with pytest.raises(LuckyError, match="LUCKY_SITE_URL"):
        settings.load()

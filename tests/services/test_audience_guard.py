"""The example proxy of the documentation, started for real: nobody reaches another audience's folder."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lucky_analytics.publish import publish_audiences
from tests.documented_proxy import documented_proxy
from tests.example_runs import make_settings, write_portal_runs

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nginx.conf"
PASSWORDS = {"ana": "latte-1", "omar": "mocha-2", "eve": "third-3"}
OPERATIONS = "/operations/store_ramp_curves/index.html"
MARKETING = "/marketing/churn_cohorts/index.html"


@pytest.fixture(scope="module")
def guard(require, tmp_path_factory):
    """The address of a running proxy, over the portals of the example runs."""
    program = require("nginx")
    folder = tmp_path_factory.mktemp("guard")
    settings = make_settings(folder)
    write_portal_runs(settings)
    declared = "leadership: everything\noperations: {departments: [operations]}\n"
    (settings.params_dir / "audiences.yml").write_text(declared)
    publish_audiences(settings)
    places = {"/srv/lucky/outputs": str(settings.outputs_dir)}
    with documented_proxy(program, EXAMPLE, folder, PASSWORDS, places) as address:
        yield address


def get(address: str, name: str | None = None, password: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(address)
    if name:
        pair = f"{name}:{password or PASSWORDS[name]}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_nobody_enters_without_a_password(guard):
    for address in ("/", OPERATIONS, "/nothing", "/.published.json"):
        assert get(guard + address)[0] in (401, 404)
    assert get(guard + "/")[0] == 401
    assert get(guard + "/", "ana", "wrong")[0] == 401


def test_each_person_gets_their_own_audience(guard):
    assert get(guard + OPERATIONS, "ana")[0] == 200
    assert get(guard + MARKETING, "ana")[0] == 200
    assert get(guard + OPERATIONS, "omar")[0] == 200
    assert get(guard + MARKETING, "omar")[0] == 404
    assert "churn" not in get(guard + "/index.html", "omar")[1].replace(
        'placeholder="store, plateau, churn"', ""
    )


def test_a_person_without_an_audience_gets_nothing(guard):
    assert get(guard + "/index.html", "eve")[0] == 404
    assert get(guard + OPERATIONS, "eve")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../leadership" + MARKETING,
        "/%2e%2e/leadership" + MARKETING,
        "/..%2fleadership" + MARKETING,
        "//leadership" + MARKETING,
        "/runs/../../leadership/index.html",
        "/.published.json",
    ],
)
def test_no_path_leads_to_another_folder_or_to_the_list_of_files(guard, path):
    status, text = get(guard + path, "omar")
    assert status in (400, 404)
    assert "cohorts" not in text

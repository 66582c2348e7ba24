"""A language model that proposes requests: a stub that answers well, and stubs that lie."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lucky_analytics.ask.model_reader import ModelReader
from lucky_analytics.ask.request_checks import Scope
from tests import ask_demo

STRANGE = "gimme the takeaway of last week pls"  # no grammar reads this
GOOD = {"measures": ["orders"], "start": "2026-02-02", "end": "2026-02-09"}


@pytest.fixture
def stub():
    """A server that says what it is told to, and keeps what it was asked."""
    said = {"content": "", "asked": [], "status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            said["asked"].append((self.path, body))
            self.send_response(said["status"])
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            if self.path.endswith("chat-messages"):
                found = {"answer": said["content"]}
            else:
                found = {"choices": [{"message": {"content": said["content"]}}]}
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    said["url"] = f"http://127.0.0.1:{server.server_port}/v1"
    yield said
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("model", "path"), [("gpt", "/v1/chat/completions"), ("dify", "/v1/chat-messages")])
def test_a_proposal_is_put_before_the_reader_without_a_number(stub, model, path):
    stub["content"] = f"Sure! ```json\n{json.dumps(GOOD)}\n```"
    asker = ask_demo.asker(model=ModelReader(stub["url"], model))
    answer = asker.ask(STRANGE + " ann@example.com")
    assert (answer.outcome, answer.why, answer.rows) == ("asked back", "proposed", ())
    assert answer.choices[0]["request"] == GOOD
    assert asker.ask_request(answer.choices[0]["request"]).outcome == "answered"
    assert stub["asked"][0][0] == path and "ann@example.com" not in stub["asked"][0][1]


@pytest.mark.parametrize(
    "lie",
    [
        "SELECT * FROM t_user; DROP TABLE orders", "42,000 orders", "{}", "[]", "{" * 1000, "",
        json.dumps({"measures": ["orders"], "sql": "select 1"}),
        json.dumps({"measures": ["count:t_user"]}),
        json.dumps({"measures": ["orders"], "by": ["customer"]}),
        json.dumps({"measures": ["orders"], "by": ["orders.customer_id"]}),
        json.dumps({"measures": ["orders"], "where": [{"key": "orders.channel", "values": [{"$gt": 0}]}]}),
        json.dumps({"measures": ["orders"], "start": "2027-01-01", "end": "2027-02-01"}),
        json.dumps({"measures": ["sum:stock.wasted_quantity"]}),
    ],
)  # fmt: skip
def test_a_lie_is_no_proposal(stub, lie):
    stub["content"] = lie
    answer = ask_demo.asker(model=ModelReader(stub["url"], "gpt")).ask(STRANGE)
    assert (answer.outcome, answer.choices) == ("refused", ())
    assert "DROP" not in answer.sentence


def test_a_model_widens_no_audience(stub):
    stub["content"] = json.dumps({"measures": ["revenue"]})
    scope = Scope("operations", frozenset({"operations"}))
    asker = ask_demo.asker(model=ModelReader(stub["url"], "gpt"), scope=scope)
    assert asker.ask(STRANGE).outcome == "refused"
    assert "Revenue" not in stub["asked"][0][1]


def test_a_server_that_is_gone_or_sends_elsewhere_costs_the_proposal_alone(stub):
    stub["status"], stub["content"] = 302, json.dumps(GOOD)
    assert ask_demo.asker(model=ModelReader(stub["url"], "gpt")).ask(STRANGE).outcome == "refused"
    for url in ("http://127.0.0.1:9/v1", "file:///etc", "nonsense"):
        asker = ask_demo.asker(model=ModelReader(url, "gpt", seconds=1))
        assert asker.ask(STRANGE).outcome == "refused"
        assert asker.ask("orders last week").outcome == "answered"


def test_what_is_refused_for_people_is_not_asked_of_a_model(stub):
    stub["content"] = json.dumps(GOOD)
    ask_demo.asker(model=ModelReader(stub["url"], "gpt")).ask("phone numbers of customers")
    assert stub["asked"] == []

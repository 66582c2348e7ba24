"""URLs and sources.toml: what is taken, what is refused, and that no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucky_analytics.errors import ParameterError, SourceError, UnknownNameError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import config, configured, doctor, endpoint
from lucky_analytics.sources.broken import BrokenSource


def settings(root: Path, text: str | None = None, url: str | None = None) -> Settings:
    if text is not None:
        (root / "sources.toml").write_text(text)
    return Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs", source_url=url)


def test_a_url_carries_address_user_reference_and_options():
    parsed = endpoint.parse(
        "mysql://reader@db.example:3307?password_env=PW&allow_primary=yes&stall_seconds=5"
    )
    assert (parsed.address, parsed.user, parsed.secret) == (
        "db.example:3307",
        "reader",
        Secret("password_env", "PW"),
    )
    assert parsed.allow_primary
    assert parsed.stall_seconds == 5.0


@pytest.mark.parametrize(
    ("host", "mode"), [("127.0.0.1", "off"), ("localhost", "off"), ("db.example", "verify")]
)
def test_tls_is_verified_unless_the_server_is_this_machine(host: str, mode: str):
    assert endpoint.parse(f"mysql://x@{host}").tls_mode == mode


@pytest.mark.parametrize(
    "url", ["mysql://reader:hunter2@db.example", "mysql://reader@db.example?password=hunter2"]
)
def test_a_password_in_a_url_is_refused_and_not_repeated(url: str):
    with pytest.raises(SourceError, match="password") as refused:
        endpoint.parse(url)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("mark", ["/", "?", "#", "[", "@/", "/?", "?x=", "?x=1&y=", "℀", "%2f", ";", "\\"])
@pytest.mark.parametrize(
    "start", ["mysql://u:Summer2026", "mysql://u:2026", "mysql://:Summer", "postgres://u:Summer"]
)
def test_no_part_of_a_password_is_shown_whatever_it_holds(start: str, mark: str):
    with pytest.raises(SourceError, match="source URL") as refused:
        endpoint.parse(f"{start}{mark}autumn@db.example:3306")
    said = str(refused.value)
    assert not [word for word in ("Summer", "summer", "2026", "autumn") if word in said]
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("rest", ["/database", "#part", "?allow_primary", "?=yes"])
def test_what_would_be_ignored_is_refused(rest: str):
    with pytest.raises(SourceError, match="something else after the port"):
        endpoint.parse(f"mysql://x@db{rest}")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("oracle://x@db", "mysql://user@host:port"),
        ("mysql://", "mysql://user@host:port"),
        ("mysql://x@db:port", "mysql://user@host:port"),
        ("mysql://x@db?tls=maybe", "off or on or verify"),
        ("mysql://x@db?cut=yesterday", "like 2026-02-14T12:00:00Z"),
        ("mysql://x@db?cut=2026-02-14T12:00:00", "like 2026-02-14T12:00:00Z"),
        ("mysql://x@db?attempts=many", "expected int, got 'many'"),
        ("mysql://x@db?password_env=A&password_file=B", "one password reference"),
    ],
)
def test_a_wrong_url_is_one_line(url: str, message: str):
    with pytest.raises(SourceError, match=message):
        endpoint.parse(url)


def test_an_unknown_option_gives_the_nearest():
    with pytest.raises(UnknownNameError, match="allow_primary"):
        endpoint.parse("mysql://x@db?allow_primry=yes")


def test_secrets_are_read_only_when_revealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "pw").write_text("hunter2\n")
    by_file = endpoint.parse("mysql://x@db?password_file=pw", folder=tmp_path).secret
    assert by_file is not None
    assert by_file.reveal() == "hunter2"
    assert "hunter2" not in repr(by_file) + str(by_file)
    (tmp_path / "pw").chmod(0o644)
    assert by_file.exposed == f"{tmp_path}/pw has mode 644, so that other accounts can read it; chmod 600 it"
    (tmp_path / "pw").chmod(0o600)
    assert (by_file.exposed, Secret("password_env", "X").exposed) == ("", "")
    monkeypatch.setenv("SOME_PW", "hunter3")
    assert Secret("password_env", "SOME_PW").reveal() == "hunter3"
    with pytest.raises(SourceError, match="in the variable NOT_SET, got nothing there"):
        Secret("password_env", "NOT_SET").reveal()


def test_a_source_has_its_own_server_and_the_default_serves_the_rest(tmp_path: Path):
    text = '[default]\nreplica = "mysql://a@one"\n[salesorder]\nreplica = "mysql://a@two"\nattempts = 2\n'
    configured = config.load(settings(tmp_path, text))
    two = configured.endpoint("luckyus_sales_order")
    one = configured.endpoint("luckyus_opshop")
    assert two is not None
    assert one is not None
    assert (two.host, two.attempts, one.host) == ("two", 2, "one")


def test_a_primary_needs_the_explicit_flag(tmp_path: Path):
    where = settings(tmp_path, '[default]\nprimary = "mysql://a@one"\n')
    with pytest.raises(SourceError, match=r"sources\.toml \[default\]: expected a replica"):
        config.load(where).endpoint("luckyus_opshop")
    allowed = config.load(where, allow_primary=True).defaults["mysql"]
    assert allowed.allow_primary


def test_the_replica_is_used_where_both_are_given(tmp_path: Path):
    text = '[default]\nprimary = "mysql://a@one"\nreplica = "mysql://a@two"\n'
    default = config.load(settings(tmp_path, text)).defaults["mysql"]
    assert default.host == "two"
    assert not default.allow_primary


def test_one_url_replaces_the_file(tmp_path: Path):
    configured = config.load(settings(tmp_path, "not toml at all [", url="mysql://a@here"))
    assert configured.defaults["mysql"].host == "here"


@pytest.mark.parametrize(
    "wrong", [-4, 0, 2.5, float("nan"), float("inf"), [1], {"a": 1}, "x", "", None, True]
)
@pytest.mark.parametrize("option", [*endpoint.OPTIONS, "password_env", "password_file", "keyring"])
def test_an_option_that_is_not_of_its_kind_is_refused_in_one_line(option: str, wrong: object):
    default = getattr(endpoint.Endpoint, option, "")
    is_text = isinstance(default, str) and isinstance(wrong, str)
    is_fraction = isinstance(default, float) and wrong in (0 if default == 0 else 2.5, 2.5)
    if is_text or is_fraction or (wrong is True and isinstance(default, bool)):
        return
    with pytest.raises(SourceError) as refused:
        endpoint.parse("mysql://x@db", {option: wrong})
    assert option in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Copy sources.example.toml"),
        ("[default", "expected TOML"),
    ],
)
def test_a_missing_or_wrong_file_is_one_line(tmp_path: Path, text: str | None, message: str):
    with pytest.raises((ParameterError, SourceError, UnknownNameError), match=message) as wrong:
        config.load(settings(tmp_path, text))
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("[opshop]\nuser = 1\n", "got no URL"),
        ('[opshop]\nreplica = "mysql://a@one"\npassword = "x"\n', "got the password itself"),
        ('[opshop]\nreplica = "mysql://a@one"\nretries = 1\n', "unknown source option 'retries'"),
        ('[opshop]\nreplica = "mysql://a@one"\n[opshop]\nreplica = "mysql://a@two"\n', "line 3 and line 5"),
        ('[salesoder]\nreplica = "mysql://a@one"\n', "salesorder"),
        ("[default]\nuser = 1\n", "got no URL"),
    ],
)
def test_a_wrong_entry_costs_its_source_alone(tmp_path: Path, entry: str, message: str):
    where = settings(tmp_path, f'[salesorder]\nreplica = "mysql://a@two"\n{entry}')
    sources = configured.connect(where)
    sound = [source for source in sources if not isinstance(source, BrokenSource)]
    (broken,) = (source for source in sources if isinstance(source, BrokenSource))
    assert [source.databases for source in sound] == [["luckyus_sales_order"]]
    with pytest.raises(SourceError, match=message) as wrong, broken:
        pass
    assert "\n" not in str(wrong.value)
    assert ("luckyus_opshop" in (broken.databases or ())) == ("salesoder" not in entry)
    assert configured.connect(where, ["salesorder"])[0].databases == ["luckyus_sales_order"]
    if "opshop" in entry:
        (only,) = configured.connect(where, ["opshop"])
        assert only.name == "opshop"


def test_all_mistakes_of_an_entry_are_told_at_once_with_the_nearest_names(tmp_path: Path):
    entry = '[salesoder]\nreplica = "mysql://a@one"\nconect_seconds = 5\nattempts = "x"\ntls = "maybe"\n'
    where = settings(tmp_path, f'[opshop]\nreplica = "mysql://a@two"\n{entry}')
    (line,) = [check.found for check in doctor.examine(where) if check.name == "salesoder: declaration"]
    assert line.startswith("sources.toml [salesoder]: got ")
    for said in (
        "unknown source 'salesoder': expected one of salesorder",
        "unknown source option 'conect_seconds': expected one of connect_seconds",
        "source option attempts: expected int, got 'x'",
        "one:3306: tls: expected off or on or verify, got maybe",
    ):
        assert said in line


def test_options_of_an_entry_without_a_url_and_of_other_tables_are_told_too(tmp_path: Path):
    text = "[opshop]\nuser = 1\natempts = 2\n[files]\nfoldr = 'x'\nmaping = 'y'\n"
    broken = config.load(settings(tmp_path, text)).broken
    assert "no URL" in str(broken["luckyus_opshop"])
    assert "'user'" in str(broken["luckyus_opshop"])
    assert "'atempts': expected one of attempts" in str(broken["luckyus_opshop"])
    assert "'foldr': expected one of folder" in str(broken["files"])
    assert "'maping': expected one of mapping" in str(broken["files"])

"""Sources, tables, metrics and methods that ``lucky new`` refuses to write; nothing is overwritten."""

from __future__ import annotations

import pytest

from lucky_analytics.desk.new_parts import write_method, write_metric, write_source
from lucky_analytics.desk.new_table import write_table
from lucky_analytics.errors import LuckyError
from tests.estate_rows import checkout

PREDICTIONS = "ireplenishment.wh_goods_daily_demand_pred"


@pytest.fixture
def here(tmp_path):
    return checkout(tmp_path)


def files_of(here) -> list[str]:
    return sorted(str(path.relative_to(here.root)) for path in here.root.rglob("*"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("scm-purchas", ["t_order"]), "unknown server 'scm-purchas': expected one of .*scm-purchase"),
        (
            ("luckyus-isales-order", ["t_order"]),
            "expected a server of mysql or postgresql, got luckyus-isales-order, .* redis",
        ),
        (("salesorder", ["t_order"]), "expected one not yet declared, got luckyus_sales_order"),
        (("oplog", ["t_order"]), "expected --database NAME, got none"),
        (("oplog", ["t_order"], "luckyus_fi_tax"), "expected one not yet declared, got luckyus_fi_tax"),
        (("iunifiedreconcile", ["t_order", "T-x"]), "letters, digits and _, got T-x"),
    ],
)
def test_a_source_that_cannot_be_is_one_line(here, arguments, line):
    before = files_of(here)
    server, tables, *database = arguments
    with pytest.raises(LuckyError, match=line):
        write_source(server, tables, here, *database)
    assert files_of(here) == before


@pytest.mark.parametrize(
    ("place", "table", "line"),
    [
        ("orders", PREDICTIONS, "expected domain/name"),
        ("goods/1st", PREDICTIONS, "expected domain/name"),
        ("sales/orders", PREDICTIONS, "table orders: expected a name not yet taken"),
        ("goods/bought", "salesorder.t_oder", "unknown table of luckyus_sales_order 't_oder': .*t_order"),
        ("goods/bought", "sales.t_order", "unknown source 'sales'"),
        ("goods/bought", "t_order", "unknown source ''"),
    ],
)
def test_a_table_that_cannot_be_is_one_line(here, place, table, line):
    with pytest.raises(LuckyError, match=line):
        write_table(place, table, here)
    assert not (here.root / "lucky_analytics").exists()


@pytest.mark.parametrize(
    ("name", "table", "owner", "line"),
    [
        ("aov", "orders", "finance", "metric aov: expected a name not yet taken, got aov"),
        ("tips", "order", "finance", "unknown table 'order': expected one of orders"),
        ("Tips", "orders", "finance", "expected a name of 3 to 30 lower-case letters"),
        ("tips", "orders", '"', "an owner in letters"),
    ],
)
def test_a_metric_that_cannot_be_is_one_line(here, name, table, owner, line):
    with pytest.raises(LuckyError, match=line):
        write_metric(name, table, owner, here)
    assert not (here.root / "lucky_analytics").exists()


def test_no_two_modules_are_called_the_same_and_no_file_is_replaced(here):
    first = write_method("growth/seasons", here)
    before = {path: path.read_text() for path in first}
    for write, arguments in [
        (write_method, ("prices/seasons", here)),
        (write_metric, ("seasons", "orders", "finance", here)),
        (write_table, ("goods/seasons", PREDICTIONS, here)),
    ]:
        with pytest.raises(
            LuckyError, match=r"module seasons.py: .*got lucky_analytics/methods/growth/seasons"
        ):
            write(*arguments)
    (here.root / "tests/unit/metrics").mkdir(parents=True)
    (here.root / "tests/unit/metrics/test_tips.py").write_text("mine")
    with pytest.raises(LuckyError, match=r"tests/unit/metrics/test_tips.py: expected no such file"):
        write_metric("tips", "orders", "finance", here)
    assert not (here.root / "lucky_analytics/metrics").exists()
    assert (here.root / "tests/unit/metrics/test_tips.py").read_text() == "mine"
    assert {path: path.read_text() for path in first} == before


def test_a_table_takes_ids_as_text_times_as_utc_and_leaves_persons_out(here):
    module, _ = write_table("shops/shop_visits", "salescrm.t_user", here)[-2:]
    text = module.read_text()
    assert "shop_visit_id=text(raw.id)," in text and 'key=("shop_visit_id",)' in text
    assert '"modified_at": Field("timestamp", "modify time", "UTC"),' in text
    assert "home_date(raw.create_time) <= suite.as_of" in text
    assert "phone" not in text and "mail" not in text


def test_a_day_is_cut_where_the_table_has_one_and_equal_names_stay_the_sources_own(here):
    text = write_table("goods/predictions", PREDICTIONS, here)[-2].read_text()
    assert "raw.filter(raw.pred_date <= suite.as_of)" in text and "home_date" not in text
    shops = write_table("shops/shops", "opshop.t_shop_opening_time", here)[-2].read_text()
    assert "        id=text(raw.id),\n" in shops and "        shop_id=text(raw.shop_id),\n" in shops


def test_a_postgresql_server_is_declared_as_one(here):
    text = write_source("difynew", ["t_app"], here, "dify_new")[0].read_text()
    assert "kind: postgresql" in text and "create_time: {type: timestamptz}" in text

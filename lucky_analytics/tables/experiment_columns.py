"""The columns of the tables on the page on experiments."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["EXPERIMENT", "MONEY", "PAIR", "RATIO", "READING", "TIME", "TRAFFIC"]

EXPERIMENT = {
    "experiment": Column("Experiment"),
    "label": Column("Verdict"),
    "share_0": Column("Order again without it", "share", 1),
    "share_1": Column("with it", "share", 1),
    "gap": Column("Difference", "points", 1),
    "gap_low": Column("Interval", "points", 1, high="gap_high"),
    "next": Column("What next"),
}
MONEY = {
    "experiment": Column("Experiment"),
    "margin": Column("Margin added in five weeks, a customer", "USD change", 2),
    "margin_low": Column("Interval at all looks", "USD change", 2, high="margin_high"),
    "pays": Column("Chance that it pays, at one look", "share", 1),
    "a_month": Column("Customers a month that it would reach now", decimals=0),
    "worth": Column("Worth a month, given to all", "USD change", 0),
    "worth_low": Column("Interval at all looks", "USD change", 0, high="worth_high"),
}
READING = {
    "experiment": Column("Experiment"),
    "gap_low": Column("At all looks", "points", 1, high="gap_high"),
    "usual_low": Column("At one look", "points", 1, high="usual_high"),
    "chance": Column("Treatment is the better", "share", 1),
    "loss_switch": Column("Expected loss: give it to all", "points", 2),
    "loss_keep": Column("keep as it was", "points", 2),
    "early": Column("First half of customers", "points", 1),
    "late": Column("second half", "points", 1),
    "called_label": Column("First called by the usual test, looked at daily"),
}
RATIO = {
    "experiment": Column("Experiment"),
    "n_0": Column("Control", "customers", 0),
    "n_1": Column("Treatment", "customers", 0),
    "treated": Column("Share of the treatment", "share", 2),
    "planned": Column("planned", "share", 2),
    "ratio_p": Column("p-value", decimals=6),
    "since": Column("Surely broken since"),
    "ratio_label": Column("Ratio"),
    "split_0": Column("Split before: control", "customers", 0),
    "split_1": Column("treatment", "customers", 0),
    "split_p": Column("p-value of the split", decimals=3),
    "fault": Column("The fault came"),
}
TIME = {
    "experiment": Column("Experiment"),
    "ran": Column("Assigned from and to"),
    "n": Column("Customers", decimals=0),
    "visible": Column("Smallest difference it can show", "points", 1),
    "n_needed": Column("Customers needed for a gain worth having", decimals=0),
    "days_more": Column("Days still needed", decimals=0),
    "saved": Column("Noise taken out by the past: orders again", "share", 1),
    "saved_margin": Column("margin", "share", 1),
}
TRAFFIC = {
    "experiment": Column("Experiment"),
    "thompson": Column("Share of the next customers, by the chance to be better", "share", 1),
    "advised": Column("Advised", "share", 0),
    "shift": Column("What to do"),
}
PAIR = {
    "first": Column("Experiment"),
    "second": Column("ran beside"),
    "n": Column("Customers in both", decimals=0),
    "draw_q": Column("Drawn apart: p-value of all together", decimals=3),
    "more": Column("Effect of the first is larger where the second treats", "points", 1),
    "more_low": Column("Interval", "points", 1, high="more_high"),
    "more_q": Column("p-value of all together", decimals=3),
}

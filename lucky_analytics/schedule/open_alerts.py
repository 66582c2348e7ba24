"""Which alerts hold for the reports that a portal shows, for its home."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.publish.home_needs import FindAlerts, RunAlert
from lucky_analytics.publish.shelf import Shelf
from lucky_analytics.publish.whats_new import find_previous
from lucky_analytics.schedule.rules import Event, load_rules
from lucky_analytics.schedule.verdicts import Facts, judge
from lucky_analytics.settings import Settings

__all__ = ["watch_headlines"]


def watch_headlines(settings: Settings) -> FindAlerts:
    """A function of a shelf and a day: the rules of ``params/alerts.yml`` about headlines that hold.

    What happened to a run or its data (failed, contracts, stale) the home says itself. A rule that does not
    fit its report is among them and says so. Nothing is sent.
    """
    rules = [
        rule
        for rule in load_rules(settings, None).rules
        if rule.notebook and not any(isinstance(condition, Event) for condition in rule.conditions)
    ]

    def find(shelf: Shelf, today: dt.date) -> list[RunAlert]:
        found = []
        for run in shelf.shown:
            own = [rule for rule in rules if rule.notebook == run.notebook]
            if not own or run.is_gone:
                continue
            facts = Facts(run, find_previous(run, shelf.before(run)), [], today)
            verdicts = [(rule, judge(rule, facts)) for rule in own]
            found += [
                RunAlert(run, rule.name, verdict.reasons)
                for rule, verdict in verdicts
                if verdict.state == "firing"
            ]
        return found

    return find

"""What the declarations say without effect: names that nothing has, and news that reaches nobody."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.runs import records
from lucky_analytics.schedule.entries import Entry, Schedule
from lucky_analytics.schedule.recipients import Delivery
from lucky_analytics.schedule.rules import Alerts, Event, Rule
from lucky_analytics.settings import Settings

__all__ = ["find_silences", "find_unknown_headlines"]


def find_unknown_headlines(alerts: Alerts, settings: Settings) -> list[LuckyError]:
    """An error for each headline of a rule that the newest good run of its notebook does not give.

    A notebook without a good run cannot be asked, nor can a page that ended early, which gives headlines only
    when its data is there; rules are judged when it has run to its end.
    """
    faults: list[LuckyError] = []
    for rule in alerts.rules:
        try:
            known = _headlines(rule.notebook, settings) if rule.notebook else None
        except LuckyError as damaged:
            faults.append(damaged)
            continue
        for condition in rule.conditions if known is not None else ():
            if not isinstance(condition, Event) and condition.headline not in map(str.lower, known or ()):
                what = f"headline of {rule.notebook} in alerts.yml, {rule.name}"
                faults.append(UnknownNameError(what, condition.headline, known or ()))
    return faults


def find_silences(schedule: Schedule, alerts: Alerts, delivery: Delivery) -> list[str]:
    """A line for each entry, rule or recipient that is declared and from which nobody ever hears.

    Of rules and recipients nothing can be said while entries do not stand, nor of what names recipients that
    do not: what is wrong with these is told.
    """
    heard = [entry for entry in schedule.entries if _reaches(entry.recipients, delivery)]
    lines = [
        f"{entry.name} is sent on_alert and has no recipients: nothing of it is sent"
        for entry in schedule.entries
        if entry.send == "on_alert" and not entry.recipients
    ]
    lines += [line for entry in schedule.entries for line in _held_still(entry)]
    if schedule.broken:
        return lines
    for rule in alerts.rules:
        runs = [entry for entry in schedule.entries if _runs(entry, rule)]
        if not runs:
            lines.append(f"alert {rule.name} reaches nobody: no entry runs {rule.notebook or 'anything'}")
        elif delivery.faults and (rule.recipients or any(entry.recipients for entry in runs)):
            continue
        elif not (rule.recipients and _reaches(rule.recipients, delivery)) and not any(
            entry in heard and not rule.recipients for entry in runs
        ):
            lines.append(f"alert {rule.name} reaches nobody: neither it nor its entries have recipients")
    named = {name for entry in schedule.entries for name in entry.recipients}
    named |= {name for rule in alerts.rules for name in rule.recipients}
    unused = [name for name in delivery.recipients if name not in named]
    lines += [f"recipient {name} hears of nothing: no entry and no alert names it" for name in unused]
    return lines


def _held_still(entry: Entry) -> list[str]:
    """What an entry fixes that is to move on from slot to slot."""
    held = {"as_of": "its reports stay on one day", "snapshot": "its reports stay on one snapshot"}
    return [
        f"{entry.name} sets {name} to {entry.parameters[name]}: {what}"
        for name, what in held.items()
        if entry.parameters.get(name) not in (None, "", "newest")
    ]


def _runs(entry: Entry, rule: Rule) -> bool:
    return rule.notebook is None or not entry.notebooks or rule.notebook in entry.notebooks


def _reaches(recipients: Sequence[str], delivery: Delivery) -> bool:
    return any(delivery.recipients.get(name) for name in recipients)


def _headlines(notebook: str, settings: Settings) -> list[str] | None:
    """The names of a notebook's headlines in its newest good run to its end; null when there is none."""
    for record in records.list_runs(notebook, settings):
        if record.status == records.OK:
            results = records.read_results(record, settings)
            if not records.is_stopped(results):
                return [line["name"] for line in results["headlines"]]
    return None

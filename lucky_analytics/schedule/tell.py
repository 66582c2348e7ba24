"""Who hears what of a slot: reports to the entry's recipients, alerts by the rules."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lucky_analytics import snapshot as snapshots
from lucky_analytics.errors import LuckyError, SnapshotError
from lucky_analytics.publish.audiences import Audience
from lucky_analytics.publish.freshness import mark_stale
from lucky_analytics.publish.shelf import Run, Shelf, read_shelf
from lucky_analytics.publish.track import mark_failed, read_track
from lucky_analytics.publish.whats_new import find_previous
from lucky_analytics.runs import notebooks, records
from lucky_analytics.runs.batch import Outcome
from lucky_analytics.schedule import outbox
from lucky_analytics.schedule.alerts import raise_alerts
from lucky_analytics.schedule.compose import format_explanation, format_report
from lucky_analytics.schedule.entries import Entry, load
from lucky_analytics.schedule.message import Message, digest, redact
from lucky_analytics.schedule.recipients import Delivery, load_delivery
from lucky_analytics.schedule.rules import Event, Rule, load_rules
from lucky_analytics.schedule.state import open_state
from lucky_analytics.schedule.steps import utc_now
from lucky_analytics.schedule.unreached import find_unreached
from lucky_analytics.schedule.verdicts import Facts, judge
from lucky_analytics.schedule.wording import Wording, reword
from lucky_analytics.settings import Settings

__all__ = ["Telling", "tell_newest", "tell_not_made", "tell_reports"]


@dataclass(frozen=True)
class Telling:
    """What everything that is told of one slot shares: the outbox, whose slot it is, who hears, and when."""

    database: sqlite3.Connection
    settings: Settings
    entry: Entry
    slot: dt.datetime
    delivery: Delivery
    now: dt.datetime

    def put(self, message: Message, recipients: Sequence[str], stream: str) -> None:
        """Have a message about this slot sent, once."""
        with self.database:
            outbox.put(
                self.database,
                message,
                recipients,
                self.delivery,
                stream=stream,
                occasion=str(self.slot),
                now=self.now,
            )


def tell_newest(
    settings: Settings, name: str, slot: dt.datetime, *, not_made: bool = False
) -> tuple[list[outbox.Sent], list[str], list[LuckyError]]:
    """What the newest runs of an entry have to say, for those who run the notebooks by other means.

    What was sent, the notebooks whose newest run failed, and which ways to readers lead nowhere.
    ``not_made``: there was no snapshot, and so no run; that is said instead. Raises ``UnknownNameError`` for
    an unknown entry.
    """
    delivery = load_delivery(settings)
    entry = load(settings, delivery.names).entry(name)
    rules = load_rules(settings, delivery.names).rules
    names = entry.notebooks or tuple(notebook.name for notebook in notebooks.list_all(settings))
    now = utc_now()
    with open_state(settings) as state:
        newest: dict[tuple[str, str], Outcome] = {}
        for notebook in names:
            for record in records.list_runs(notebook, settings):
                key = (notebook, record.variant)
                newest.setdefault(key, Outcome(notebook, "skipped", "newest", record))
        telling = Telling(state.database, settings, entry, slot, delivery, now)
        if not_made:
            tell_not_made(telling, SnapshotError("the snapshot could not be taken"))
        else:
            tell_reports(telling, list(newest.values()), rules)
        failed = {o.notebook for o in newest.values() if o.record and o.record.status == records.FAILED}
        sent = outbox.deliver(state.database, delivery, now)
        return sent, sorted(failed), [*find_unreached(delivery, [entry], rules), *outbox.find_lost(sent)]


def tell_reports(telling: Telling, outcomes: Sequence[Outcome], rules: Sequence[Rule]) -> None:
    """Judge every report of a slot by the rules, and send the notebooks' own reports as the entry says.

    A rule about contracts that names no notebook is judged once for all the reports together. Reports of
    a grid's points raise alerts; they are read in the portal and not sent one by one. A report
    that failed, or whose data are broken or stale, is told with the reason and none of its numbers.
    """
    entry = telling.entry
    if not outcomes or not (rules or entry.recipients):
        return
    today = telling.slot.astimezone(entry.zone).date()
    shelf = mark_stale(read_shelf(telling.settings), today)
    shelf = mark_failed(shelf, read_track(telling.settings, shelf, Audience("everyone")))
    found = [_facts(telling.settings, shelf, outcome, today) for outcome in outcomes]
    known = [facts for facts in found if facts]
    shared = [rule for rule in rules if rule.notebook is None and _is_about_contracts(rule)]
    others = [rule for rule in rules if rule not in shared]
    told: list[Rule] = []
    if known and shared:
        breaches = {str(finding): finding for facts in known for finding in facts.breaches}
        together = replace(known[0], breaches=list(breaches.values()), subject=f"data of {entry.name}")
        told = _raise(telling, shared, together)
    for facts in known:
        news = _raise(telling, others, facts)
        news += told if facts.breaches else []
        if entry.recipients and not facts.run.variant and (entry.send != "on_alert" or news):
            _send_report(telling, facts, rules)


def tell_not_made(telling: Telling, error: LuckyError) -> None:
    """No report was made at all (no snapshot, too late): say so to the entry's recipients."""
    entry = telling.entry
    names = entry.notebooks or tuple(notebook.name for notebook in notebooks.list_all(telling.settings))
    local = telling.slot.astimezone(entry.zone)
    why = f"{error.what}, expected {error.expected}" if error.expected else error.what
    lines = (
        f"What was due on {local:%-d %b %Y at %H:%M} ({entry.market.name}) was not made. {redact(why)}.",
        "The last good reports stay in the portal, each with its date.",
    )
    facts = {"entry": entry.name, "notebooks": list(names), "error": type(error).__name__}
    message = Message("explanation", f"Not made: {entry.name.replace('_', ' ')}", lines, "index.html", facts)
    telling.put(message, entry.recipients, f"entry {entry.name}")


def _raise(telling: Telling, rules: Sequence[Rule], facts: Facts) -> list[Rule]:
    told = telling.entry.recipients
    return raise_alerts(telling.database, rules, facts, told, telling.delivery, telling.now)


def _facts(settings: Settings, shelf: Shelf, outcome: Outcome, today: dt.date) -> Facts | None:
    """What is known of the report that an outcome stands for; null when its folder has gone meanwhile."""
    if outcome.record is None:  # it could not be read, or another command is running it
        return None
    runs = [run for found in shelf.runs.values() for run in found]
    run = next((r for r in runs if (r.notebook, r.id) == (outcome.notebook, outcome.record.run_id)), None)
    if run is None:
        return None
    breaches = snapshots.find("newest", settings).breaches(*run.record.tables_read)
    if not run.record.tables_read:
        breaches = []
    return Facts(run, find_previous(run, shelf.before(run)), breaches, today)


def _send_report(telling: Telling, facts: Facts, rules: Sequence[Rule]) -> None:
    entry, delivery = telling.entry, telling.delivery
    stream = f"report {entry.name} {facts.run.key}"
    reasons = _why_not(facts.run, facts, rules)
    wording: Wording | None = None
    for recipient in entry.recipients:
        with_mail = any(c.kind == "mail" for c in delivery.recipients.get(recipient, ()))
        message = _message(facts.run, reasons, delivery, with_mail=with_mail)
        last = outbox.last_digest(telling.database, stream, recipient)
        if entry.send == "on_change" and last == digest(message):
            continue
        if message.kind == "report" and delivery.rewrite and facts.run.notebook in delivery.rewrite.notebooks:
            # Asked once a report, and only for one that is sent.
            wording = wording or reword([facts.run.answer, *facts.run.points], delivery.rewrite)
            message = format_report(facts.run, delivery.site_url, with_mail=with_mail, wording=wording)
        telling.put(message, [recipient], stream)


def _message(run: Run, reasons: Sequence[str], delivery: Delivery, *, with_mail: bool) -> Message:
    if reasons:
        return format_explanation(run, reasons)
    return format_report(run, delivery.site_url, with_mail=with_mail)


def _why_not(run: Run, facts: Facts, rules: Sequence[Rule]) -> list[str]:
    """Why a report's numbers must not be sent: it failed, its data are broken, or a rule calls them stale."""
    if not run.is_good:
        name = (run.record.error or {}).get("name", "")
        return [f"It did not complete ({name}). The last good report stays in the portal, with its date."]
    if run.problems:
        return [f"Its data have a problem: {problem}." for problem in run.problems]
    stale = [rule for rule in rules if any(_is_about_age(c) for c in rule.conditions)]
    fitting = [rule for rule in stale if rule.notebook in (None, run.notebook)]
    verdicts = [judge(rule, facts) for rule in fitting]
    return [reason for verdict in verdicts if verdict.state == "firing" for reason in verdict.reasons]


def _is_about_contracts(rule: Rule) -> bool:
    return all(isinstance(c, Event) and c.name in ("failed contract", "stale data") for c in rule.conditions)


def _is_about_age(condition: object) -> bool:
    return isinstance(condition, Event) and condition.name in ("stale data", "data older than")

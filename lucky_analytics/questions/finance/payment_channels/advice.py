"""What finance does about payment methods: from the answer to a question, for page and app alike."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.finance.payment_channels.fee_levers import answer_wider, estimate_cent
from lucky_analytics.questions.finance.payment_channels.payment_answer import PaymentAnswer
from lucky_analytics.questions.finance.payment_channels.payment_prepared import PreparedPayments
from lucky_analytics.questions.finance.payment_channels.payment_what_if import PaymentQuestion

__all__ = ["decide", "saves_more"]

OWNER = "Finance"
LARGER = 0.1  # the basket beside which steering is seen
_UNTRIED = "how many would switch was never tried"
_UNASKED = "whether the processor agrees is not known"


def saves_more(cent: Estimate, steering: Estimate) -> bool:
    """Whether a cent less on each fee saves more than steering, whatever both intervals hold.

    >>> saves_more(Estimate(9.0, 8.0, 10.0, level=0.9), Estimate(2.0, 1.0, 4.0, level=0.9))
    True
    """
    return cent.low is not None and steering.high is not None and cent.low > max(steering.high, 0.0)


def decide(prepared: PreparedPayments, asked: PaymentQuestion, answer: PaymentAnswer) -> Decision:
    """On the discount where one is asked about, else on steering without one.

    A discount that loses money, at the take-up asked for and at half and twice of it, is advised against: its
    worth is then what is not lost. Where a cent less on each fee would save more than steering can, asking
    for it comes first: its worth is that saving, and that the processor may not agree is a doubt. All else
    that is worth something is advised as a test, because nobody has seen how many switch.
    """
    source, target = _names(prepared, asked)
    net, free = answer.net, answer.steering
    topic = f"discount for paying by {target}"
    off = f"{asked.incentive:g}-cent discount for paying by {target}"
    show = f"show {target} before {source} to a tenth of customers and count who switches"
    cent = estimate_cent(prepared)
    doubts = [_UNTRIED]
    if answer.reach is not None and answer.reach < asked.take_up:
        share = format_value(answer.reach, "share")
        doubts.append(f"only {share} of its payments are by customers who keep {target} on file")
    why, unless = _because(prepared, asked, answer), _would_change(prepared, asked)
    pays = free.low is not None and free.low > 0
    if asked.incentive and net.high is not None and net.high < 0:
        action, worth, unit, stance = f"give no {off}", net.times(-1), "USD a year not lost", "none"
        numbers = " and ".join(_guessed(prepared, asked))
        if pays:  # nobody is steered to a method whose name is a guess
            action += f"; {show}" if not numbers else f"; have it name the methods {numbers}"
        doubts = [] if answer.needed is None else [_UNTRIED]
        if saves_more(cent, free):
            action = f"ask the processor for one cent less per payment; {action}"
            lost = format_value(net.times(-1).value, "USD a year")
            worth, unit, doubts = cent, "USD a year", [_UNASKED + _name_guesses(prepared, asked)]
            why = f"The discount would lose {lost}: those who pay by {target} already would get it, too."
    elif asked.incentive and net.low is not None and net.low > 0:
        action = f"try a {off} with a tenth of customers, drawn at random, and count who switches"
        worth, unit, stance = net, "USD a year", "try"
    elif pays:
        action = f"{show}; give no discount before that is known" if asked.incentive else show
        worth, unit, stance = free, "USD a year", "not yet"
    else:
        action = f"leave {source} and {target} in the order in which the app shows them"
        strength = weigh(None, problems=[f"{target} is not known to be cheaper than {source}"])
        return Decision(action, OWNER, strength, why, unless)
    return Decision(action, OWNER, weigh(worth, doubts=doubts), why, unless, worth, {topic: stance}, unit)


def _names(prepared: PreparedPayments, asked: PaymentQuestion) -> tuple[str, str]:
    names = prepared.methods["name"]
    return str(names.iloc[prepared.place(asked.source)]), str(names.iloc[prepared.place(asked.target)])


def _because(prepared: PreparedPayments, asked: PaymentQuestion, answer: PaymentAnswer) -> str:
    """What one payment saves, how large a discount pays, and what a larger basket would save."""
    source, target = _names(prepared, asked)
    each, pays = answer.difference, answer.break_even
    if each.value is None or each.value <= 0:
        first = f"A payment by {target} is not cheaper."
    else:
        first = (
            f"A shifted payment saves {format_value(each.value, 'cents')}; a discount that all who pay by "
            f"{target} get pays up to {format_value(pays.value, 'cents')}."
        )
    wider = answer_wider(prepared, asked, LARGER)
    beside = format_value(wider.basket.value, "USD a year")
    reach = ""
    if answer.reach is not None and answer.reach < asked.take_up:
        share = format_value(answer.reach, "share")
        reach = f" Customers with {target} on file make {share} of the payments by {source}"
        if asked.take_up and (gain := answer.steering.value or 0.0) > 0:
            saved = format_value(gain * answer.reach / asked.take_up, "USD a year")
            reach += f": if all of those switch, that saves {saved}"
        reach += "."
    return f"{first}{reach} A basket a tenth larger would save {beside}."


def _would_change(prepared: PreparedPayments, asked: PaymentQuestion) -> str:
    """What would settle it; names that nobody confirmed are among it."""
    numbers = " or ".join(_guessed(prepared, asked))
    guess = f"; or number {numbers} turns out to be another method than guessed" if numbers else ""
    return f"A test shows how many switch, or the processor changes a schedule{guess}."


def _guessed(prepared: PreparedPayments, asked: PaymentQuestion) -> list[str]:
    """Numbers of the two methods whose names nobody confirmed."""
    methods = prepared.methods
    places = [prepared.place(channel) for channel in (asked.source, asked.target)]
    return [str(methods["channel_id"].iloc[place]) for place in places if methods["is_guess"].iloc[place]]


def _name_guesses(prepared: PreparedPayments, asked: PaymentQuestion) -> str:
    numbers = _guessed(prepared, asked)
    return f", and the names of methods {' and '.join(numbers)} are guesses" if numbers else ""

"""One message to one channel, once: SMTP, a Slack-style webhook, or any webhook that takes JSON."""

from __future__ import annotations

import datetime as dt
import email
import email.errors
import email.policy
import email.utils
import smtplib
import ssl
import urllib.error
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from lucky_analytics.errors import DeliveryError
from lucky_analytics.schedule.http_post import post_json
from lucky_analytics.schedule.message import Message
from lucky_analytics.schedule.recipients import Channel, Delivery, Smtp
from lucky_analytics.schedule.unreached import read_password, read_url

__all__ = ["send"]

SECONDS = 10.0
_LONGEST_WAIT = 3600.0


def send(message: Message, channel: Channel, delivery: Delivery, *, key: str, now: dt.datetime) -> None:
    """Deliver a message, or raise ``DeliveryError``: lasting, or worth another try later.

    ``key`` tells messages apart; it becomes the mail's Message-ID and the webhook's ``id``, so that a
    reader's program can drop a message that came twice. ``now`` dates it.
    """
    link = f"{delivery.site_url}/{message.path}" if delivery.site_url and message.path else ""
    if channel.kind == "mail":
        _mail(message, channel, delivery.smtp, link, key, now)
    elif channel.kind == "slack":
        _post(channel, {"text": _slack_text(message, link)})
    else:
        body: dict[str, Any] = {"id": key, "at": now.isoformat(timespec="seconds"), "kind": message.kind}
        body |= {"title": message.title, "lines": list(message.lines), "link": link, **message.facts}
        _post(channel, body)


def _mail(
    message: Message, channel: Channel, smtp: Smtp | None, link: str, key: str, now: dt.datetime
) -> None:
    if smtp is None:
        raise DeliveryError(str(channel), expected="a table [smtp]", got="none", is_lasting=True)
    try:
        mail = _compose(message, link)
        mail["From"], mail["To"] = smtp.sender, channel.address
        mail["Date"] = email.utils.format_datetime(now)
        mail["Message-ID"] = f"<{key}@lucky-analytics>"
        mail["Auto-Submitted"] = "auto-generated"
        context = ssl.create_default_context(cafile=smtp.ca or None)
        with _connect(smtp, context) as server:
            if smtp.security == "starttls":
                server.starttls(context=context)
            if smtp.secret:
                server.login(smtp.user, read_password(channel, smtp.secret))
            server.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:  # lasts until somebody mends the password
        raise _refused(channel, f"login, answer {error.smtp_code}", is_lasting=False) from None
    except smtplib.SMTPRecipientsRefused as error:
        code = max((reply[0] for reply in error.recipients.values()), default=0)
        raise _refused(channel, f"answer {code}", is_lasting=code >= 500) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(channel, f"answer {error.smtp_code}", is_lasting=error.smtp_code >= 500) from None
    except (smtplib.SMTPException, OSError, ValueError, email.errors.MessageError) as error:
        raise _refused(channel, type(error).__name__, is_lasting=False) from None


def _connect(smtp: Smtp, context: ssl.SSLContext) -> smtplib.SMTP:
    if smtp.security == "tls":
        return smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=smtp.seconds, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.seconds)


def _compose(message: Message, link: str) -> EmailMessage:
    if message.mail:
        mail = email.message_from_bytes(message.mail, _class=EmailMessage, policy=email.policy.SMTP)
        del mail["X-Unsent"]
        return mail
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = " ".join(message.title.split())
    mail.set_content("\n\n".join([message.title, *message.told, *([link] if link else [])]) + "\n")
    return mail


def _post(channel: Channel, body: Mapping[str, Any]) -> None:
    url = read_url(channel)
    try:
        post_json(url, body, SECONDS)
    except urllib.error.HTTPError as error:
        is_lasting = error.code < 500 and error.code not in (408, 425, 429)
        wait = _seconds(error.headers.get("Retry-After"))
        raise _refused(channel, f"answer {error.code}", is_lasting=is_lasting, wait=wait) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise _refused(channel, type(reason).__name__, is_lasting=False) from None


def _refused(channel: Channel, got: str, *, is_lasting: bool, wait: float = 0.0) -> DeliveryError:
    return DeliveryError(
        str(channel), expected="to be accepted", got=got, is_lasting=is_lasting, wait_seconds=wait
    )


def _seconds(value: str | None) -> float:
    return min(float(value), _LONGEST_WAIT) if value and value.isdecimal() else 0.0


def _slack_text(message: Message, link: str) -> str:
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    title, *lines = (text.translate(escape) for text in (message.title, *message.told))
    return "\n".join([f"*{title}*", *lines, *([f"<{link}|Open the page>"] if link else [])])

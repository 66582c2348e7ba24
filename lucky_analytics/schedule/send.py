"""One message to one channel, once: SMTP, a Slack-style webhook, or any webhook that takes JSON."""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.errors
import email.policy
import email.utils
import smtplib
import socket
import ssl
import urllib.error
from collections.abc import Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from lucky_analytics.errors import DeliveryError
from lucky_analytics.schedule.http_post import post_json
from lucky_analytics.schedule.message import Message
from lucky_analytics.schedule.network_words import in_words
from lucky_analytics.schedule.recipients import Channel, Delivery, Smtp
from lucky_analytics.schedule.unreached import read_password, read_url
from lucky_analytics.time_limit import Limit

__all__ = ["send"]

SECONDS = 10.0
_PATIENCE = 3  # times what one answer may take is the limit for a whole mail
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
    server = f"{channel}, mail server {smtp.host}:{smtp.port}"
    limit = Limit(smtp.seconds * _PATIENCE)
    try:
        mail = _compose(message, link)
        mail["From"], mail["To"] = smtp.sender, channel.address
        mail["Date"] = email.utils.format_datetime(now)
        mail["Message-ID"] = f"<{key}@lucky-analytics>"
        mail["Auto-Submitted"] = "auto-generated"
        if smtp.ca and not Path(smtp.ca).is_file():
            raise DeliveryError(server, expected="the file of certificates ca", got=f"no file {smtp.ca}")
        context = ssl.create_default_context(cafile=smtp.ca or None)
        with limit, _open(smtp, context, limit) as session:
            if smtp.security == "starttls":
                session.starttls(context=context)
                if session.sock is not None:
                    limit.watch(session.sock)
            if smtp.secret:
                session.login(smtp.user, read_password(channel, smtp.secret))
            session.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:  # lasts until somebody mends the password
        raise _refused(channel, f"login, answer {error.smtp_code}", is_lasting=False) from None
    except smtplib.SMTPRecipientsRefused as error:
        code = max((reply[0] for reply in error.recipients.values()), default=0)
        raise _refused(channel, f"answer {code}", is_lasting=code >= 500) from None
    except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        raise _refused(channel, f"answer {error.smtp_code}", is_lasting=error.smtp_code >= 500) from None
    except smtplib.SMTPNotSupportedError:
        what = "an address of ASCII letters" if not channel.address.isascii() else "what mail needs"
        raise DeliveryError(
            server, expected=f"{what} or a server that takes others", got="one that does not", is_lasting=True
        ) from None
    except smtplib.SMTPResponseException as error:  # of the server, before it heard of the mail
        is_code = 200 <= error.smtp_code < 600
        got = f"answer {error.smtp_code} to the greeting" if is_code else "an answer of no mail server"
        raise _refused(server, got, is_lasting=False) from None
    except (smtplib.SMTPException, OSError, ValueError, email.errors.MessageError) as error:
        # smtplib makes of a time limit that passed one that hung up
        is_silent = limit.passed or TimeoutError in (type(error), type(error.__context__))
        raise _refused(
            server,
            "no answer in time" if is_silent else in_words(error),
            is_lasting=False,
            is_silent=is_silent,
        ) from None


@contextlib.contextmanager
def _open(smtp: Smtp, context: ssl.SSLContext, limit: Limit) -> Iterator[smtplib.SMTP]:
    """A session. How the server takes leave is no matter: what it has taken must not be sent again."""

    class Watched(smtplib.SMTP_SSL if smtp.security == "tls" else smtplib.SMTP):  # type: ignore[misc]
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            found: socket.socket = super()._get_socket(host, port, timeout)
            limit.watch(found)
            return found

    more = {"context": context} if smtp.security == "tls" else {}
    session = Watched(smtp.host, smtp.port, timeout=smtp.seconds, **more)
    try:
        yield session
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            session.quit()
        session.close()


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
        is_silent = isinstance(reason, TimeoutError)
        raise _refused(channel, in_words(reason), is_lasting=False, is_silent=is_silent) from None


def _refused(
    who: Channel | str, got: str, *, is_lasting: bool, wait: float = 0.0, is_silent: bool = False
) -> DeliveryError:
    return DeliveryError(
        str(who),
        expected="to be accepted",
        got=got,
        is_lasting=is_lasting,
        wait_seconds=wait,
        is_silent=is_silent,
    )


def _seconds(value: str | None) -> float:
    return min(float(value), _LONGEST_WAIT) if value and value.isdecimal() else 0.0


def _slack_text(message: Message, link: str) -> str:
    escape = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    title, *lines = (text.translate(escape) for text in (message.title, *message.told))
    return "\n".join([f"*{title}*", *lines, *([f"<{link}|Open the page>"] if link else [])])

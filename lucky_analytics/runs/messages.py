"""What a kernel sends to the command that runs it: text that can be sent, whatever a cell prints."""

from __future__ import annotations

import json
from typing import Any

from jupyter_client.jsonutil import json_clean, json_default
from jupyter_client.session import json_packer

from lucky_analytics.formats import printable

__all__ = ["pack"]


def pack(content: Any) -> bytes:
    """One message as JSON in UTF-8, as Jupyter packs it; a lone half of a surrogate pair, which no UTF-8 can
    hold, is a replacement character. Otherwise the message would be lost, and with an error's the run would
    wait for it until its time limit.

    >>> pack({"text": "5 %"}), pack({"text": "a\\ud800"}).decode()
    (b'{"text": "5 %"}', '{"text": "a�"}')
    """
    try:
        return json_packer(content)
    except UnicodeEncodeError:
        text = json.dumps(json_clean(content), default=json_default, ensure_ascii=False, allow_nan=False)
        return printable(text).encode()

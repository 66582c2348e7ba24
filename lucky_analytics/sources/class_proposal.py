"""A first class of personal data for a column that nobody declared yet, by its name and type."""

from __future__ import annotations

import re

__all__ = ["propose_class"]

# In this order: the first whose words are in the name. A false alarm costs a look, a miss a person's privacy.
_WORDS = {
    "contact": "phone mobile tel telephone cellphone fax mail email wechat whatsapp name nickname surname"
    " firstname lastname username realname birthday birth gender passport ssn contact avatar",
    "address": "address addr street zip zipcode postcode door house lat lng lon latitude longitude",
    "device": "device imei idfa idfv oaid mac ip uuid udid fingerprint browser agent ua openid",
    "card": "card pan iban bank account acct cvv token",
    "pseudonym": "user customer member buyer employee staff uid",
}
_TEXT = re.compile(r"char|text|json|enum|blob|binary", re.IGNORECASE)
_FREE = re.compile(
    r"remark|comment|note|message|content|memo|reason|detail|description|extra|ext", re.IGNORECASE
)


def propose_class(name: str, kind: str) -> str:
    """What the estate may say of the column ``name`` of the server's type ``kind``; somebody decides.

    >>> propose_class("receiver_phone", "varchar(32)"), propose_class("discount", "decimal(12,2)")
    ('personal: contact', 'personal: none')
    >>> propose_class("remark", "varchar(200)")
    'personal: contact until its values are looked at (a free text)'
    """
    words = set(re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_"))
    for personal, listed in _WORDS.items():
        if words & set(listed.split()):
            return f"personal: {personal}"
    if _TEXT.search(kind) and _FREE.search(name):
        return "personal: contact until its values are looked at (a free text)"
    return "personal: none"

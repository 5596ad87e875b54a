"""Keeping gateways' addresses, which hold passwords, unreadable in the database and its dumps."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    keys: list[str] = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"journal.gateway:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def encrypted(text: str) -> bytes:
    """Return `text` sealed with the product's SECRET_KEY."""
    return _box().encrypt(text.encode())


def decrypted(sealed: bytes) -> str:
    """Return what was sealed with SECRET_KEY or one of SECRET_KEY_FALLBACKS; empty when with neither."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        return ""

"""Which files may be attached: by size, and by what they are rather than what they are called."""

from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from foundation.errors import Invalid

#: Extension → content type and the bytes such a file begins with (empty: plain text, checked to be readable).
ALLOWED: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".zip": ("application/zip", (b"PK\x03\x04",)),
    ".amr": ("audio/amr", (b"#!AMR",)),
    ".mp3": ("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".wav": ("audio/wav", (b"RIFF",)),
    ".txt": ("text/plain", ()),
    ".csv": ("text/csv", ()),
}
NAME_LENGTH = 200
MEGABYTE = 1024 * 1024


def checked_type(upload: UploadedFile) -> str:
    """Return the content type to serve the file with; raise Invalid when its size, kind or name is not accepted."""
    name = upload.name or ""
    suffix = PurePath(name).suffix.lower()
    if upload.size is None or upload.size == 0:
        raise Invalid(upload=_("The file is empty."))
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        limit = f"{settings.ATTACHMENT_MAX_BYTES // MEGABYTE} MB"
        raise Invalid(upload=_("The file is larger than %(limit)s.") % {"limit": limit})
    if suffix not in ALLOWED:
        raise Invalid(upload=_("Files of this type are not accepted; use one of: %(types)s.") % {"types": " ".join(ALLOWED)})
    if len(name) > NAME_LENGTH:
        raise Invalid(upload=_("The file's name is too long."))
    content_type, beginnings = ALLOWED[suffix]
    upload.seek(0)
    head = upload.read(64)
    upload.seek(0)
    if (beginnings and not head.startswith(beginnings)) or (not beginnings and b"\0" in head):
        raise Invalid(upload=_("The file's content is not what its name says."))
    return content_type

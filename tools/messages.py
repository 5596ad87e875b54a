"""Extract, check and compile the translations with Babel, so that no system gettext is needed.

`extract` brings every catalogue up to date with the sources, `check` fails where a text is missing, fuzzy or stale,
`compile` writes the .mo files.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [
    (".venv/**", "ignore"),
    ("node_modules/**", "ignore"),
    ("tests/**", "ignore"),
    ("tools/**", "ignore"),
    (".data/**", "ignore"),
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "tools.messages:extract_template"),
    ("templates/**.txt", "tools.messages:extract_template"),
]


def extract_template(fileobj: BinaryIO, keywords: dict, comment_tags: list[str], options: dict) -> Iterator[tuple]:
    """Extract from a Django template, by way of Django's own translation of templates into something like Python."""
    source = "\n".join(line.strip() for line in templatize(fileobj.read().decode()).splitlines())
    yield from extract_python(io.BytesIO(source.encode()), keywords, comment_tags, options)


def extracted() -> Catalog:
    """Return every text of the sources."""
    catalog = Catalog(charset="utf-8")
    for filename, _line, message, _comments, context in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS):
        catalog.add(message, locations=[(filename, 0)], context=context)
    return catalog


def catalogues() -> list[Path]:
    """Return the translated catalogues."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def write(path: Path, catalog: Catalog) -> None:
    """Write a catalogue without line numbers or dates, so that a change shows what changed."""
    with path.open("wb") as file:
        write_po(file, catalog, width=120, omit_header=False, no_location=True, sort_output=True, ignore_obsolete=True)


def extract() -> int:
    """Bring the catalogues up to date; what is new stays empty."""
    template = extracted()
    for path in catalogues():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        write(path, catalog)
        missing = [message.id for message in catalog if message.id and not message.string]
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {len(missing)} to translate")
    return 0


def check() -> int:
    """Tell what is missing, fuzzy, stale or wrongly formatted; exit status 1 on any."""
    template, faults = extracted(), []
    wanted = {(message.id, message.context) for message in template if message.id}
    for path in catalogues():
        catalog = read(path)
        have = {(message.id, message.context): message for message in catalog if message.id}
        faults += [f"missing: {key[0]!r}" for key in wanted - have.keys()]
        faults += [f"no longer used: {key[0]!r}" for key in have.keys() - wanted]
        faults += [f"not translated: {key[0]!r}" for key, message in have.items() if not all(_strings(message.string))]
        faults += [f"fuzzy: {key[0]!r}" for key, message in have.items() if message.fuzzy]
        faults += [f"{error}: {message.id!r}" for message in catalog if message.id for error in message.check(catalog)]
    print("\n".join(sorted(faults)) or "every text is translated")
    return 1 if faults else 0


def _strings(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string


def compile_all() -> int:
    """Write the .mo files."""
    for path in catalogues():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))
    return 0


def main() -> int:
    """Run one of the commands."""
    sys.path.insert(0, str(ROOT))
    settings.configure()
    django.setup()
    return {"extract": extract, "check": check, "compile": compile_all}[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())

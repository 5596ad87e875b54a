"""The mappings that come with the product."""

from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def mapping_file(path: Path, folder: Path) -> Path:
    """Return `path`, or the shipped file in `folder` where `path` is a bare name that is not in the working folder."""
    shipped = folder / path.name
    return shipped if not path.exists() and len(path.parts) == 1 and shipped.exists() else path

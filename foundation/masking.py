"""Numbers and names of customers, shown only in part."""

SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def mask_number(number: str) -> str:
    """Return the number with its middle hidden: 138****0000; short numbers keep only their last two digits."""
    if len(number) <= SHOWN_BEFORE + SHOWN_AFTER:
        return "*" * max(0, len(number) - 2) + number[-2:]
    hidden = "*" * (len(number) - SHOWN_BEFORE - SHOWN_AFTER)
    return f"{number[:SHOWN_BEFORE]}{hidden}{number[-SHOWN_AFTER:]}"


def mask_name(name: str) -> str:
    """Return the name with all but its first sign hidden: 张**."""
    return name[:1] + "*" * max(0, len(name) - 1)

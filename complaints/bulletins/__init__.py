"""Bulletins (通报) as arithmetic: periods, rates, ranks. Pure."""

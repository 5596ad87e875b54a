"""Half a year of records that never happened, so that every indicator of the demo operator has figures."""

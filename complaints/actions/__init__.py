"""Everything a person can do to complaints; tickets move through `workorders.actions`."""

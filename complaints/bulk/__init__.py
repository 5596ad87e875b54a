"""Tickets played on rows in memory and copied into the database: what brings in many at once (imports, the demo, bulk data)."""

"""The demo operator: a province with its people, and half a year of complaints that never happened."""

"""Reading the inspections of quality (质检): what may be drawn, what waits, what was found, and what it comes to."""

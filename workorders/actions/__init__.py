"""Everything a person, or the system by rule, can do to tickets and work orders; nothing else changes a state."""

"""Everything a person can do in the internal-customer scheme."""

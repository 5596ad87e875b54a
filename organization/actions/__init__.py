"""What administrators do to the organization."""

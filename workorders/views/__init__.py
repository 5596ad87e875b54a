"""The pages of tickets and work orders."""

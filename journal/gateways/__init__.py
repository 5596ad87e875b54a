"""The ways out of the product: Apprise, with plug-ins of our own where Apprise's take any answer for a yes."""

"""The scheme over HTTP."""

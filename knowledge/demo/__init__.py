"""The demo's articles and what became of them."""

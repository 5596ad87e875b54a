"""What people do with articles: write, review, keep, use."""

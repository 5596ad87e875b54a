"""What the knowledge base adds to `manage.py verify`."""

from knowledge.queries.checking import article_differences
from workorders.rebuild import checked_too

checked_too(article_differences)

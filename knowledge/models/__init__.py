"""The tables of the knowledge base."""

from knowledge.models.article import Article, Version
from knowledge.models.use import ArticleUse

__all__ = ["Article", "ArticleUse", "Version"]

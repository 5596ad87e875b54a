"""How articles look in the API."""

from rest_framework import serializers

from knowledge.models import Article


class ArticleSerializer(serializers.ModelSerializer):
    """A published article; after `valid_until` it has expired."""

    category = serializers.SlugRelatedField("code", read_only=True)
    department = serializers.SlugRelatedField("code", read_only=True)
    version = serializers.IntegerField(source="shown", read_only=True)

    class Meta:
        model = Article
        fields = (
            "id",
            "title",
            "category",
            "department",
            "question",
            "answer",
            "steps",
            "version",
            "valid_until",
            "published_at",
        )
        read_only_fields = fields

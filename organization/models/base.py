"""What every named row of the organization shares."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    """A row with a stable code and a name in Chinese and, optionally, English."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Tree(Named):
    """A named row in a tree, found by its materialised path (``sd/jn/lixia/``)."""

    path = models.CharField(_("path"), max_length=200, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def depth(self) -> int:
        """Return 1 for a root, 2 for its children and so on."""
        return self.path.count("/")

"""What people are told where the frameworks' own words would be odd, and where an address is not for them."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.forms import SeveralFiles
from foundation.errors import Invalid
from organization.models import Staff
from workorders.uploads import checked_type


def test_a_missing_or_unknown_choice_is_told_as_our_people_say_it() -> None:
    class Asked(forms.Form):
        text = forms.CharField()
        word = forms.ChoiceField(choices=[("a", "A")])

    form = Asked({"word": "zzz"})

    assert (form.errors["text"], form.errors["word"]) == (["请填写此项。"], ["请重新选择。"])


def test_a_refused_file_is_named_with_the_reason() -> None:
    with pytest.raises(ValidationError) as refused:
        SeveralFiles().clean([SimpleUploadedFile("bad.exe", b"MZ")])

    assert refused.value.messages[0].startswith("“bad.exe”：不支持该类型")


def test_the_limit_of_a_file_is_a_whole_number(settings: object) -> None:
    settings.ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
    large = SimpleUploadedFile("a.txt", b"x")
    large.size = settings.ATTACHMENT_MAX_BYTES + 1

    with pytest.raises(Invalid) as refused:
        checked_type(large)

    assert "20 MB" in str(refused.value.errors["upload"])


def test_an_address_that_only_buttons_use_says_so(client: Client, agent: Staff) -> None:
    client.force_login(agent)

    page = client.get("/queues/filed/bulk/")

    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "回到我的工作" in page.content.decode() or "To my work" in page.content.decode()

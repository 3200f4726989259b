"""Hashing and the rules for a new password."""

import unicodedata

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from campaign_portal import settings as portal
from campaign_portal.passwords import NormalisingArgon2


def test_both_ways_of_typing_a_vietnamese_letter_open_the_same_door():
    hasher = NormalisingArgon2()
    encoded = hasher.encode(unicodedata.normalize("NFD", "bốn con voi đi bộ"), "salt" * 4)
    assert encoded.startswith("argon2$argon2id$")
    assert hasher.verify(unicodedata.normalize("NFC", "bốn con voi đi bộ"), encoded)
    assert not hasher.verify("bon con voi di bo", encoded)


def test_new_passwords_are_hashed_with_it():
    assert portal.PASSWORD_HASHERS[0] == "campaign_portal.passwords.NormalisingArgon2"


@pytest.mark.parametrize(
    "good", ["bốn con voi đi bộ", "correct horse battery", "x9$kQ2!vLm4&wRt", "é" * 3 + "abcdefghijklm"]
)
def test_long_and_unguessable_is_enough(good):
    validate_password(good)


@pytest.mark.parametrize(
    "bad",
    ["ngắn quá", "passwordpassword", "UBND quận Hải Phòng 2026", "MatKhau123456789", "thi đua khen thưởng", "a" * 257],
)
def test_a_password_easy_to_guess_is_refused(bad):
    with pytest.raises(ValidationError):
        validate_password(bad)

"""Password hashing and the rules for a new password (length and guessability; no composition, no expiry)."""

import re
import unicodedata

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAXIMUM_LENGTH = 256

#: Folded words everybody here would guess first; a password made of nothing else is refused.
CONTEXT_WORDS = [
    "uyban", "nhandan", "ubnd", "noivu", "quan", "phuong", "huyen", "thanhpho", "haiphong", "thidua", "khenthuong",
    "phongtrao", "chutich", "canbo", "congchuc", "vietnam", "matkhau", "password", "admin", "portal", "welcome",
]  # fmt: skip


def normalised(password: str) -> str:
    """The password in NFKC: Vietnamese keyboards send composed and decomposed letters for the same key."""
    return unicodedata.normalize("NFKC", password)


class NormalisingArgon2(Argon2PasswordHasher):
    """Argon2id over the normalised password, when it is set and when it is checked."""

    def encode(self, password: str, salt: str) -> str:
        """Hash ``password`` with ``salt``."""
        return super().encode(normalised(password), salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether ``password`` belongs to the hash ``encoded``."""
        return super().verify(normalised(password), encoded)


class MaximumLength:
    """Refuses a password so long that hashing it would be an attack."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ``ValidationError`` above MAXIMUM_LENGTH characters."""
        if len(password) > MAXIMUM_LENGTH:
            raise ValidationError(
                _("This password has more than %(count)d characters.") % {"count": MAXIMUM_LENGTH}, code="too_long"
            )

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return _("The password has at most %(count)d characters.") % {"count": MAXIMUM_LENGTH}


class NotOnlyContextWords:
    """Refuses passwords made only of words of this portal and of digits, such as "UBND quan 2026"."""

    _words = re.compile("|".join(sorted(CONTEXT_WORDS, key=len, reverse=True)))

    def validate(self, password: str, user: object = None) -> None:
        """Raise ``ValidationError`` when fewer than six letters remain without those words."""
        folded = unicodedata.normalize("NFD", normalised(password).casefold()).replace("đ", "d")
        letters = "".join(char for char in folded if char.isalpha() and not unicodedata.combining(char))
        if len(set(self._words.sub("", letters))) < 4:
            raise ValidationError(
                _("This password is made of words that are easy to guess here."), code="context_words"
            )

    def get_help_text(self) -> str:
        """One sentence for the form."""
        return _("The password is not made only of the names of offices, the word password and digits.")

"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        from awards import append_only, handlers, workbook  # noqa: F401  # by being read, or below; they need the models

        workbook.register_sheets()

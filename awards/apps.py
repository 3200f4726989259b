"""Application configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        from awards import append_only, handlers, visibility, workbook  # noqa: F401  # by being read, or below
        from awards.actions import copying
        from campaigns.actions import clone_registry
        from campaigns.queries import stored_contents

        workbook.register_sheets()
        clone_registry.register("awards", copying.copy_with_campaign)
        for model, column in (
            ("PublicPlan", "file_sha256"),
            ("DocumentTemplate", "sha256"),
            ("GeneratedDocument", "file_sha256"),
        ):
            stored_contents.register(f"awards.{model}", column)

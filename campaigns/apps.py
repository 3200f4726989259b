"""Application configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns and reports")

    def ready(self) -> None:
        from campaigns import handlers  # noqa: F401  # registered by being read
        from campaigns.integrity import after_migrate  # needs the models, which load after this module

        post_migrate.connect(after_migrate, sender=self)

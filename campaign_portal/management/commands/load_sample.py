"""Load the sample campaigns, marked as such on every page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from campaign_portal.sample.loading import Account, load, tour
from campaigns.calendar import local_day
from campaigns.models import Organiser, User


class Command(BaseCommand):
    help = "Load the sample campaigns (DỮ LIỆU MẪU) into an empty database and print its accounts. Local default only."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="load nothing where there is an organiser already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError(
                "Dữ liệu mẫu chỉ nạp được ở chế độ cục bộ (PORTAL_ENV=local): tài khoản mẫu có mật khẩu công khai."
            )
        if Organiser.objects.exists() or User.objects.exists():
            if not options["if_empty"]:
                raise CommandError("Cơ sở dữ liệu đã có dữ liệu; dữ liệu mẫu chỉ nạp vào cơ sở dữ liệu trống.")
            self.stdout.write("Dữ liệu đã có sẵn, giữ nguyên.")
            if Organiser.objects.filter(is_sample=True).exists():
                self._print(tour())
            return
        self.stdout.write("Nạp dữ liệu mẫu (khoảng một phút)…")
        now = timezone.now()
        with translation.override("vi"):
            accounts = load(to=local_day(now), now=now, say=self.stdout.write)
        self._print(accounts)

    def _print(self, accounts: list[Account]) -> None:
        self.stdout.write("\nTài khoản mẫu:")
        for account in accounts:
            self.stdout.write(f"  {account.username:<18} {account.password:<30} {account.name}: {account.shows}")
        self.stdout.write("")

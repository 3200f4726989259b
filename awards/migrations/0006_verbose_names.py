from django.db import migrations


class Migration(migrations.Migration):
    """Nothing: the words it gave columns stand in the initial migration, where they cost an installation no time."""

    dependencies = [
        ("awards", "0005_days_of_decrees"),
        ("campaigns", "0003_verbose_names"),
        ("scoring", "0002_verbose_names"),
    ]

    operations = []

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_appeal_settled_by_another")]

    operations = [
        migrations.RemoveIndex(model_name="measurement", name="measurement_waiting"),
        migrations.AddIndex(
            model_name="measurement",
            index=models.Index(fields=["sent_at", "target"], condition=Q(verdict=""), name="measurement_waiting"),
        ),
    ]

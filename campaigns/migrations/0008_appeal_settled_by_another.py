from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_invitations")]

    operations = [
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("lodged_by")),
                name="appeal_settled_by_another",
                violation_error_message="Who lodged an appeal does not settle it.",
            ),
        ),
    ]

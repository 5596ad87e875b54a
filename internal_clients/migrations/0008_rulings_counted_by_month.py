"""Which rulings a month's scores count is kept with the month: one ruling can change several months."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('internal_clients', '0007_checks_are_of_the_knowledge_base'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='appeal',
            name='counted_at',
        ),
        migrations.AddField(
            model_name='period',
            name='counted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='rulings counted at'),
        ),
    ]

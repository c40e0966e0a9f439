"""
What is in the shop.
"""

from django.db import models


class Customer(models.Model):
    """
    Somebody with a basket.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        """
        Which table.
        """

        db_table = "django_customers"


class Item(models.Model):
    """
    Something in it.
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=50)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="items")

    class Meta:
        """
        Which table.
        """

        db_table = "django_items"

"""
Django in children, in coroutines by its own asynchronous methods, and in threads: side by side, patched.
"""

# ruff: noqa: E402  # what is imported later has to be patched first

import asyncio
import sys

import motorish

motorish.patch("django", "pymysql", "django_shop", strict=True)

import asgiref.local
import django.utils.asyncio
import django_shop
from django.core.exceptions import SynchronousOnlyOperation
from django.utils import translation


def german(number: int) -> str:
    """
    What is set for a thread is set for this call.
    """
    assert translation.get_language() == "en-us"
    with translation.override("de"):
        django_shop.linger(f"Customer-{number}", 0.1)
        return translation.get_language() or ""


async def main() -> None:
    """
    Nothing of a call is seen elsewhere, and the loop's own thread is still protected.
    """
    await motorish.spawn(django_shop.start, sys.argv[1], 0, {})
    calls = [motorish.spawn(german, number) for number in range(10)]
    customers = django_shop.models.Customer.objects
    try:
        django_shop.count()
    except SynchronousOnlyOperation:
        print("refused")
    assert translation.get_language() == "en-us"
    assert 10 * ["de"] == await asyncio.gather(*calls)
    assert 10 == await customers.acount() == await asyncio.to_thread(django_shop.count)
    assert "Customer-3" == (await customers.aget(name="Customer-3")).name
    await motorish.spawn(django_shop.stop)


asyncio.run(main())

motorish.unpatch()
assert django.utils.asyncio.get_running_loop is asyncio.get_running_loop
assert asgiref.local.asyncio is asyncio
print("done")

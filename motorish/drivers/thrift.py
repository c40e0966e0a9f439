"""
What the layers below know of Apache Thrift's Python library.
"""

from motorish.adapter import Adapter, register

THRIFT = register(
    Adapter(
        name="thrift",
        packages=("thrift",),
        # Making one connects nothing.
        direct=frozenset(
            {
                "TProtocolBase", "TProtocolDecorator", "TProtocolFactory", "TTransportBase",
                "TTransportFactoryBase", "getProtocol", "getTransport", "setCustomHeaders", "setHandle",
                "setTimeout",
            }
        ),
    )
)  # fmt: skip

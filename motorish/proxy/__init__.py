"""
Asynchronous classes built from declarations: each method becomes a call of the driver's own in a child.
"""

from motorish.proxy.base import Proxy as Proxy
from motorish.proxy.binding import LoopBinding as LoopBinding
from motorish.proxy.contexts import Closing as Closing
from motorish.proxy.contexts import WithLoop as WithLoop
from motorish.proxy.declarations import AsyncCommand as AsyncCommand
from motorish.proxy.declarations import AsyncRead as AsyncRead
from motorish.proxy.declarations import AsyncWrite as AsyncWrite
from motorish.proxy.declarations import ChainingMethod as ChainingMethod
from motorish.proxy.declarations import DelegateMethod as DelegateMethod
from motorish.proxy.declarations import ReadOnlyProperty as ReadOnlyProperty
from motorish.proxy.latent import Latent as Latent
from motorish.proxy.latent import LatentCoroutine as LatentCoroutine
from motorish.proxy.namespace import NamespaceProxy as NamespaceProxy
from motorish.proxy.shapes import gives_latent as gives_latent
from motorish.proxy.shapes import starts_call as starts_call
from motorish.proxy.wrapped_object import WrappedObject as WrappedObject

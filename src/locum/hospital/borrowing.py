"""Hand a record of many arrays to compiled functions by its address.

Numba passes a named tuple of arrays as some two hundred numbers and counts references to every
array. `lent(site)` puts the tuple on the stack once and passes its address; an array taken from
it belongs to the caller, who outlives the call. In Python it is the tuple itself.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from numba import types
from numba.core import cgutils, config, imputils
from numba.core.datamodel import models, registry
from numba.core.typing import templates
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    from locum.hospital.records import Site

__all__ = ["lent", "merged"]

_nb = cast("Any", types)


class _Lent(_nb.Type):
    """The address of a named tuple."""

    def __init__(self, whole: Any) -> None:  # noqa: ANN401  Numba's type
        self.whole = whole
        digest = blake2b(whole.name.encode(), digest_size=8).hexdigest()
        _nb.Type.__init__(self, name=f"Lent({digest})")

    @property
    def key(self) -> Any:  # noqa: ANN401
        """Return what tells one type from another."""
        return self.whole


@cast("Any", registry).register_default(_Lent)
class _LentModel(cast("Any", models).PrimitiveModel):
    """An address."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:  # noqa: ANN401
        address = cast("Any", cgutils).voidptr_t
        cast("Any", models).PrimitiveModel.__init__(self, dmm, fe_type, address)


@cast("Any", templates).infer_getattr
class _LentArrays(cast("Any", templates).AttributeTemplate):
    """The type of an array in it."""

    key = _Lent

    def generic_resolve(self, typ: Any, attr: str) -> Any:  # noqa: ANN401
        """Return the type of a field."""
        if attr in typ.whole.fields:
            return typ.whole.types[typ.whole.fields.index(attr)]
        return None


@cast("Any", imputils).lower_getattr_generic(_Lent)
def _array_of(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:  # noqa: ANN401
    """Load an array without counting a reference to it."""
    place = typ.whole.fields.index(attr)
    kind = typ.whole.types[place]
    pointer = builder.bitcast(value, context.get_value_type(typ.whole).as_pointer())
    loaded = builder.load(cast("Any", cgutils).gep_inbounds(builder, pointer, 0, place))
    array = context.make_array(kind)(context, builder, value=loaded)
    array.meminfo = cast("Any", cgutils).get_null_value(array.meminfo.type)
    array.parent = cast("Any", cgutils).get_null_value(array.parent.type)
    return array._getvalue()  # noqa: SLF001  Numba's name


def _lend(typing: Any, whole: Any) -> Any:  # noqa: ANN401, ARG001  the signature Numba asks for
    """Put a tuple on the stack and return its address."""

    def store(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        place = cast("Any", cgutils).alloca_once_value(builder, arguments[0])
        return builder.bitcast(place, cast("Any", cgutils).voidptr_t)

    return _Lent(whole)(whole), store


def _whole(site: Site) -> Site:
    return site


lent: Callable[[Site], Site] = (
    _whole if getattr(config, "DISABLE_JIT", False) else cast("Any", intrinsic)(_lend)
)
"""Return a site that compiled functions pass on by its address."""


def _merge(typing: Any) -> Any:  # noqa: ANN401, ARG001  the signature Numba asks for
    def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        builder.function.attributes.add("alwaysinline")
        return context.get_dummy_value()

    return types.void(), mark


def _nothing() -> None:
    pass


merged: Callable[[], None] = (
    _nothing if getattr(config, "DISABLE_JIT", False) else cast("Any", intrinsic)(_merge)
)
"""Called first in a kernel, makes LLVM copy the kernel into its callers, however long they are."""

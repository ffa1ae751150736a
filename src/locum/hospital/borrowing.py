"""Hand the tables of a hospital to compiled functions by one address.

Numba passes a named tuple of arrays as some two hundred numbers and counts references to every
array. `lent(bank, h)` is the address of a row of the bank, which says where each array lies and
how long it is; an array is only looked up where it is used, and its rows are not counted from the
end when an index is negative. In Python it is the tuple itself.
"""

# pyright: reportUnknownMemberType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import operator
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numba import from_dtype, types
from numba.core import cgutils, imputils
from numba.core.datamodel import models, registry
from numba.core.typing import templates
from numba.extending import intrinsic

from locum.compilation import PLAIN, marked
from locum.hospital.records import DTYPES, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from locum.hospital.records import Array, Whole

__all__ = ["addresses", "fetch", "lent", "merged", "precedes"]
_LINE = 64
_nb = cast("Any", types)
_cg = cast("Any", cgutils)
_typing = cast("Any", templates)
_ir = _cg.ir


class _Lent(_nb.Type):
    """The address of a row of the bank."""

    def __init__(self) -> None:
        content = repr(DTYPES).encode()
        _nb.Type.__init__(self, name=f"Site({blake2b(content, digest_size=8).hexdigest()})")


class _Rows(_nb.Type):
    """The address of the place in that row which says where an array is."""

    def __init__(self, dtype: Any) -> None:  # noqa: ANN401  Numba's type
        self.dtype = dtype
        _nb.Type.__init__(self, name=f"Rows({dtype})")


class _Address(cast("Any", models).PrimitiveModel):
    """An address."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:  # noqa: ANN401
        cast("Any", models).PrimitiveModel.__init__(self, dmm, fe_type, _cg.voidptr_t)


for _type in (_Lent, _Rows):
    cast("Any", registry).register_default(_type)(_Address)
_LENT = _Lent()
_ROWS = {
    name: (2 * place, _Rows(cast("Any", from_dtype)(dtype)))
    for place, (name, dtype) in enumerate(zip(Site._fields, DTYPES, strict=True))
}


def _word(builder: Any, place: Any, number: int, kind: Any) -> Any:  # noqa: ANN401
    """Load a word of the bank, which no compiled function changes."""
    words = builder.bitcast(place, kind.as_pointer())
    loaded = builder.load(_cg.gep_inbounds(builder, words, number))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@cast("Any", templates).infer_getattr
class _Arrays(cast("Any", templates).AttributeTemplate):
    """The type of an array of a site."""

    key = _Lent

    def generic_resolve(self, typ: Any, attr: str) -> Any:  # noqa: ANN401, ARG002
        """Return the type of a field."""
        return _ROWS[attr][1] if attr in _ROWS else None


@cast("Any", imputils).lower_getattr_generic(_Lent)
def _array_of(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:  # noqa: ANN401, ARG001
    words = builder.bitcast(value, _cg.intp_t.as_pointer())
    return builder.bitcast(_cg.gep_inbounds(builder, words, _ROWS[attr][0]), _cg.voidptr_t)


@cast("Any", templates).infer_global(operator.getitem)
class _Row(cast("Any", templates).AbstractTemplate):
    """The type of a row."""

    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ANN401, ARG002
        """Return what an index gives."""
        if isinstance(args[0], _Rows) and isinstance(args[1], _nb.Integer):
            return _typing.signature(args[0].dtype, *args)
        return None


@cast("Any", templates).infer_global(operator.setitem)
class _Writing(cast("Any", templates).AbstractTemplate):
    """The type of writing a number into an array."""

    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ANN401, ARG002
        """Return what an index takes."""
        if isinstance(args[0], _Rows) and isinstance(args[1], _nb.Integer):
            return _typing.signature(_nb.none, args[0], args[1], args[0].dtype)
        return None


@cast("Any", templates).infer_global(len)
class _Length(cast("Any", templates).AbstractTemplate):
    """The type of a length."""

    def generic(self, args: Any, kws: Any) -> Any:  # noqa: ANN401, ARG002
        """Return a whole number."""
        return _typing.signature(_nb.intp, *args) if isinstance(args[0], _Rows) else None


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    rows, index = signature.args[:2]
    item = _stored(context, rows)
    first = _word(builder, arguments[0], 0, item.as_pointer())
    at = context.cast(builder, arguments[1], index, _nb.intp)
    return builder.gep(first, [at], inbounds=True)


@cast("Any", imputils).lower_builtin(operator.getitem, _Rows, _nb.Integer)
def _row_of(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    dtype = signature.args[0].dtype
    place = _place(context, builder, signature, arguments)
    if isinstance(dtype, _nb.Record):
        return builder.bitcast(place, context.get_value_type(dtype))
    return context.unpack_value(builder, dtype, place)


@cast("Any", imputils).lower_builtin(operator.setitem, _Rows, _nb.Integer, _nb.Any)
def _write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    place = _place(context, builder, signature, arguments)
    context.pack_value(builder, signature.args[0].dtype, arguments[2], place)
    return context.get_dummy_value()


@cast("Any", imputils).lower_builtin(len, _Rows)
def _length_of(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
    return _word(builder, arguments[0], 1, _cg.intp_t)


def _lend(typing: Any, bank: Any, hospital: Any) -> Any:  # noqa: ANN401, ARG001
    """Return the address of a row."""

    def find(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        words = builder.bitcast(array.data, _cg.intp_t.as_pointer())
        width = context.get_constant(_nb.intp, 2 * len(_ROWS))
        row = context.cast(builder, arguments[1], signature.args[1], _nb.intp)
        return builder.bitcast(builder.gep(words, [builder.mul(row, width)]), _cg.voidptr_t)

    return _LENT(bank, hospital), find


def _one_of(bank: Sequence[Site], hospital: int) -> Site:
    return bank[hospital]


lent: Callable[[Any, Whole], Site] = _one_of if PLAIN else cast("Any", intrinsic)(_lend)
"""Return a hospital of a bank, which compiled functions pass on by its address."""


def _stored(context: Any, rows: Any) -> Any:  # noqa: ANN401
    return context.get_data_type(rows.dtype)


def _fetch(typing: Any, rows: Any, index: Any) -> Any:  # noqa: ANN401, ARG001
    """Ask for the lines of a row."""

    def ask(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        first = builder.bitcast(_place(context, builder, signature, arguments), _cg.voidptr_t)
        kind = _ir.FunctionType(_ir.VoidType(), [_cg.voidptr_t] + [_cg.int32_t] * 3)
        function = _cg.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        to_write, keep, data = (_cg.int32_t(number) for number in (1, 3, 1))
        for start in range(0, context.get_abi_sizeof(_stored(context, rows)), _LINE):
            place = builder.gep(first, [_cg.intp_t(start)])
            builder.call(function, [place, to_write, keep, data])
        return context.get_dummy_value()

    return _nb.void(rows, index), ask


def _ignore(rows: Array, index: int) -> None:
    pass


fetch: Callable[[Any, Whole], None] = _ignore if PLAIN else cast("Any", intrinsic)(_fetch)
"""Let a row come into the cache while something else is done."""


def _compare(typing: Any, events: Any, first: Any, second: Any) -> Any:  # noqa: ANN401, ARG001
    """Compare two rows of 16 bytes as whole numbers."""

    def less(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        wide = _ir.IntType(128)
        numbers: list[Any] = []
        for place in (1, 2):
            of_row = _typing.signature(_nb.none, signature.args[0], signature.args[place])
            row = _place(context, builder, of_row, [arguments[0], arguments[place]])
            loaded = builder.load(builder.bitcast(row, wide.as_pointer()))
            loaded.align = 8
            numbers.append(loaded)
        return builder.icmp_unsigned("<", *numbers)

    return _nb.boolean(events, first, second), less


def _earlier(events: Array, first: int, second: int) -> bool:
    one, other = events[first], events[second]
    return bool((one.at, one.key) < (other.at, other.key))


precedes: Callable[[Any, Whole, Whole], bool] = (
    _earlier if PLAIN else cast("Any", intrinsic)(_compare)
)
"""Return whether an event comes before another one: by its hour, then by its key."""


def addresses(arrays: Site, extents: Array) -> Array:
    """Return what `lent` reads: where every array of every site lies, and how long it is.

    Parameters
    ----------
    arrays
        Those of all sites.
    extents
        First and last row of each array of the sites, shape (H, arrays, 2).
    """
    plain = [np.asarray(array) for array in arrays]
    starts = [array.ctypes.data for array in plain]
    widths = [array.strides[0] for array in plain]
    out = np.empty(extents.shape, np.int64)
    out[..., 0] = np.array(starts, np.int64) + extents[..., 0] * np.array(widths, np.int64)
    out[..., 1] = extents[..., 1] - extents[..., 0]
    return out


merged = marked("alwaysinline")
"""Called first in a kernel, makes LLVM copy the kernel into its callers, however long they are."""

"""How engines are compiled, and where the result is kept.

Numba keys its cache by the file of the function alone, so a change in one file of an engine would
leave the functions that call it stale. The cache of an engine therefore lies in a folder named by
a digest of all its files, of this one and of Numba's version.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numba
from numba import njit, types
from numba.core import config
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.extending import intrinsic

from locum.caching import cache_home

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence


PLAIN = bool(cast("Any", config).DISABLE_JIT)
"""Whether engines run without compilation, as Python."""


@contextmanager
def _cached_in(folder: Path) -> Generator[None]:
    """Let Numba choose this folder for what is decorated inside."""
    settings = cast("Any", config)
    before = settings.CACHE_DIR
    settings.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        settings.CACHE_DIR = before


class _Part(JITCodeLibrary):
    """Code that runs only where it is linked: LLVM optimises and emits it there, and once."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002  Numba's signature
        return 0

    @property
    def codegen(self) -> Any:  # noqa: ANN401  stands in for what sets environments
        """Return what Numba tells the environment of a function, which has no address here."""
        return self

    def set_env(self, env_name: str, env: object) -> None:
        """Do nothing; linked code has no environment when it comes from the cache either."""


class _PartCompiler(Compiler):
    """Numba's compiler, with a part as its result."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:  # noqa: ANN401  Numba's result
        state: Any = self.state
        state.library = _Part(state.targetctx.codegen(), func.__qualname__)
        return cast("Any", super()).compile_extra(func)


class _Linked(JITCodeLibrary):
    """Code with its parts linked in, which nobody else calls.

    Numba lets other code replace what is linked, so that LLVM must keep how it is called.
    """

    _final_module: Any

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if not function.is_declaration and function.linkage.name == "linkonce_odr":
                function.linkage = "internal"
        super()._optimize_final_module()


class _WholeCompiler(Compiler):
    """Numba's compiler, with a tenth less of its time spent on looking for garbage."""

    def compile_extra(self, func: Callable[..., Any]) -> Any:  # noqa: ANN401  Numba's result
        state: Any = self.state
        state.library = _Linked(state.targetctx.codegen(), func.__qualname__)
        state.library.enable_object_caching()
        before = gc.get_threshold()
        gc.set_threshold(500_000, *before[1:])
        try:
            return cast("Any", super()).compile_extra(func)
        finally:
            gc.set_threshold(*before)


_ALWAYS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
_SUMMING: dict[str, Any] = {"fastmath": {"reassoc", "nsz", "contract"}}


def _part(**options: object) -> Callable[[Callable[..., Any]], Any]:
    return cast("Any", njit)(
        **_ALWAYS, no_cpython_wrapper=True, pipeline_class=_PartCompiler, **options
    )


def _whole(folder: Path, **options: object) -> Callable[[Callable[..., Any]], Any]:
    decorate = cast("Any", njit)(**_ALWAYS, cache=True, pipeline_class=_WholeCompiler, **options)

    def decorator(function: Callable[..., Any]) -> Any:  # noqa: ANN401  Numba's dispatcher
        with _cached_in(folder):
            return decorate(function)

    return decorator


compiled = _part()
"""For kernels: only compiled code calls them, so Python needs no way in (`Engine.twin`)."""
inlined = _part(inline="always")
"""For parts of a long function that has one caller: they are compiled with it, not before it."""
summing = _part(**_SUMMING)
"""For kernels whose cost is long sums: the order of addition is the compiler's."""


class Engine:
    """Compiled code that belongs together and is kept together.

    Parameters
    ----------
    name
        Of its folder in the cache.
    package
        Folder of its files.
    files
        Names of every file whose change must compile it anew.
    """

    def __init__(self, name: str, package: Path, files: Sequence[str]) -> None:
        level = cast("Any", config).OPT
        total = sha256(f"{numba.__version__} {level}".encode())
        for path in (Path(__file__), *(package / file for file in files)):
            total.update(path.read_bytes())
        self.folder = cache_home() / f"{name}-{total.hexdigest()[:16]}"
        """$LOCUM_CACHE_DIR or the user's cache, and below it the name and the digest."""

    def entry_point(self, function: Callable[..., Any]) -> Any:  # noqa: ANN401  Numba's dispatcher
        """Compile what Python calls."""
        return _whole(self.folder)(function)

    def twin(self, kernel: Any) -> Callable[..., Any]:  # noqa: ANN401  Numba's dispatcher
        """Return a kernel that Python can call; without compilation it is the kernel itself."""
        if PLAIN:
            return kernel
        options = _SUMMING if kernel.targetoptions.get("fastmath") else {}
        return _whole(self.folder / "twins", **options)(kernel.py_func)

    def is_compiled(self) -> bool:
        """Return whether a process has compiled this engine here before."""
        return any(self.folder.rglob("*.nbi"))


def _nothing() -> None:
    pass


def marked(attribute: str) -> Callable[[], None]:
    """Return what gives the function that calls it an attribute of LLVM; in Python, nothing."""

    def give(typing: Any) -> Any:  # noqa: ANN401, ARG001  the signature Numba asks for
        def mark(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
            builder.function.attributes.add(attribute)
            return context.get_dummy_value()

        return types.void(), mark

    return _nothing if PLAIN else cast("Any", intrinsic)(give)


standalone = marked("noinline")
"""Called first in a kernel, keeps LLVM from copying the kernel into its callers: inlined,
thirty steps took much longer to compile and ran no faster; and what is seldom run does not stand
in the way of what is often."""

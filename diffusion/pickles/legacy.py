"""The files that `torch.save` wrote before torch 1.6: pickles one after the other, then storages.

A magic number, the format's version, facts about the machine, what was saved, the keys of its
storages; then for each key the number of its elements, 8 bytes, and the elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from diffusion.pickles.archive import BIG_ENDIAN, storage_named
from diffusion.pickles.errors import PickleDamagedError, printable
from diffusion.pickles.machine import Machine
from diffusion.pickles.storages import Storage, StorageType, opened, storage_at, unplaced

if TYPE_CHECKING:
    from diffusion.pickles.machine import FindGlobal, LoadPersistent
    from diffusion.pickles.storages import Buffer

_MAGIC = 0x1950A86A20F9469CFC6C
MAGIC = b"\x80\x02\x8a\n" + _MAGIC.to_bytes(10, "little") + b"."
_VERSION = 1001
_COUNT = 8


def read_legacy(buffer: Buffer, find: FindGlobal) -> object:
    """Read a file that begins with `MAGIC`.

    Args:
        buffer: The whole file.
        find: As for `Machine`.

    Raises:
        PickleDamagedError: It is cut off, or none that torch wrote.
        PickleRefusedError: It asks for something that it must not have.
    """
    return _Legacy(buffer, find).read()


class _Legacy:
    """Reads the pickle twice: where its storages are is known only after it was read."""

    def __init__(self, buffer: Buffer, find: FindGlobal) -> None:
        self._buffer = buffer
        self._find = find
        self._types: dict[str, tuple[StorageType, int]] = {}
        self._storages: dict[str, Storage] = {}

    def read(self) -> object:
        """Read what was saved."""
        file = opened(self._buffer)
        self._check_head(file)
        start = file.tell()
        self._run(file, self._note)
        keys = self._run(file, _no_storage)
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise PickleDamagedError("it does not say where its storages are")
        self._place(keys, file.tell())
        file.seek(start)
        return self._run(file, self._storage)

    def _run(self, file: Any, load: LoadPersistent) -> object:  # noqa: ANN401 - see `opened`
        return Machine(self._find, load, len(self._buffer)).run(file)

    def _check_head(self, file: Any) -> None:  # noqa: ANN401
        _magic, version, machine = (self._run(file, _no_storage) for _ in range(3))
        if version != _VERSION or not isinstance(machine, dict):
            raise PickleDamagedError("it is in a format of torch that is not known")
        if machine.get("little_endian") is not True:
            raise PickleDamagedError(BIG_ENDIAN)

    def _note(self, persistent_id: object) -> object:
        if _names_class(persistent_id):
            return persistent_id[1]
        kind, key, elements = storage_named(persistent_id, 6)
        self._types.setdefault(key, (kind, elements))
        return unplaced(elements * kind.itemsize, kind)

    def _place(self, keys: list[str], start: int) -> None:
        """Find where each storage is; they lie one after the other."""
        for key in keys:
            if key not in self._types:
                raise PickleDamagedError(f"its storage {printable(key)} is of no known type")
            kind, elements = self._types[key]
            count = int.from_bytes(bytes(self._buffer[start : start + _COUNT]), "little")
            size = elements * kind.itemsize
            if count != elements:
                raise PickleDamagedError(
                    f"its storage {printable(key)} should have {elements} elements and has {count}"
                )
            start += _COUNT
            if start + size > len(self._buffer):
                raise PickleDamagedError(f"its storage {printable(key)} is cut off")
            self._storages[key] = storage_at(self._buffer, start, size, kind)
            start += size

    def _storage(self, persistent_id: object) -> object:
        if _names_class(persistent_id):
            return persistent_id[1]
        _, key, _ = storage_named(persistent_id, 6)
        if key not in self._storages:
            raise PickleDamagedError(f"its storage {printable(key)} is not in the file")
        return self._storages[key]


def _names_class(persistent_id: object) -> TypeGuard[tuple[object, ...]]:
    """Whether a name stands for a class of modules, which comes with its source code."""
    return (
        isinstance(persistent_id, tuple)
        and len(persistent_id) == 4
        and (persistent_id[0] == "module")
    )


def _no_storage(_persistent_id: object) -> Storage:
    raise PickleDamagedError("it names a storage where there can be none")

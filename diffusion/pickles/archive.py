"""The zip files that `torch.save` has written since torch 1.6.

`NAME/data.pkl` is the pickle, `NAME/data/KEY` are the storages, uncompressed, and `NAME/byteorder`
says whose byte order they are in. Storages are mapped where they lie.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from diffusion.pickles.errors import PickleDamagedError, printable
from diffusion.pickles.machine import Machine
from diffusion.pickles.storages import Storage, StorageType, opened, storage_at

if TYPE_CHECKING:
    from diffusion.pickles.machine import FindGlobal
    from diffusion.pickles.storages import Buffer

MAGIC = b"PK\x03\x04"
BIG_ENDIAN = "it was written on a big-endian machine, whose order of bytes is another"
_HEADER = 30
_LARGEST_PICKLE = 2**28


def read_archive(buffer: Buffer, find: FindGlobal) -> object:
    """Read what is in a zip file of torch's.

    Args:
        buffer: The whole file.
        find: As for `Machine`.

    Raises:
        PickleDamagedError: It is cut off, or none that torch writes.
        PickleRefusedError: It asks for something that it must not have.
    """
    archive = _Archive(buffer)
    start, size = archive.place("data.pkl")
    if size > _LARGEST_PICKLE:
        raise PickleDamagedError(f"its pickle takes {size} bytes, more than any weights file needs")
    pickled = bytes(buffer[start : start + size])
    return Machine(find, archive.storage, len(pickled)).run(io.BytesIO(pickled))


class _Archive:
    """Where the parts of a zip file are."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer
        self._parts = _parts(buffer)
        pickles = [name for name in self._parts if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise PickleDamagedError("it is a zip file without torch's data.pkl")
        self._folder = pickles[0].removesuffix("data.pkl")
        self._storages: dict[str, Storage] = {}
        if f"{self._folder}constants.pkl" in self._parts:
            raise PickleDamagedError("it is a TorchScript program and not a file of weights")
        if f"{self._folder}byteorder" in self._parts:
            start, size = self.place("byteorder")
            if bytes(buffer[start : start + min(size, 10)]) != b"little":
                raise PickleDamagedError(BIG_ENDIAN)

    def place(self, name: str) -> tuple[int, int]:
        """Start and size of a part in the file.

        Raises:
            PickleDamagedError: It is not there, not all of it, or compressed.
        """
        part = self._parts.get(self._folder + name)
        if part is None:
            raise PickleDamagedError(f"it has no part {printable(name)}")
        if part.compress_type != zipfile.ZIP_STORED or part.flag_bits & 1:
            raise PickleDamagedError(
                f"its part {printable(name)} is compressed or encrypted, which torch never does"
            )
        header = bytes(self._buffer[part.header_offset : part.header_offset + _HEADER])
        if len(header) < _HEADER or not header.startswith(MAGIC):
            raise PickleDamagedError(f"its part {printable(name)} is not where it should be")
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = part.header_offset + _HEADER + names
        if start + part.file_size > len(self._buffer):
            raise PickleDamagedError(f"its part {printable(name)} is cut off")
        return start, part.file_size

    def storage(self, persistent_id: object) -> Storage:
        """The storage that a pickle means.

        Raises:
            PickleDamagedError: There is none, or a smaller one.
        """
        kind, key, elements = storage_named(persistent_id, 5)
        if key not in self._storages:
            start, held = self.place(f"data/{key}")
            size = elements * kind.itemsize
            if size > held:
                raise PickleDamagedError(
                    f"its storage {printable(key)} should take {size} bytes and takes {held}"
                )
            self._storages[key] = storage_at(self._buffer, start, size, kind)
        return self._storages[key]


def storage_named(persistent_id: object, length: int) -> tuple[StorageType, str, int]:
    """What torch's name for a storage says: type, key and number of elements.

    Raises:
        PickleDamagedError: It is another kind of name.
    """
    parts: tuple[Any, ...] = persistent_id if isinstance(persistent_id, tuple) else ()
    if len(parts) != length or parts[0] != "storage" or parts[5:] not in {(), (None,)}:
        raise PickleDamagedError("it names a storage in a way that is not known")
    _, kind, key, _device, elements = parts[:5]
    named = isinstance(kind, StorageType) and isinstance(key, str)
    if not named or type(elements) is not int or not 0 <= elements < 2**48:
        raise PickleDamagedError("it names a storage in a way that is not known")
    return kind, key, elements


def _parts(buffer: Buffer) -> dict[str, zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(opened(buffer)) as archive:
            return dict(archive.NameToInfo)
    # What a damaged directory makes of the library is not written down.
    except (zipfile.BadZipFile, OSError, ValueError, LookupError, NotImplementedError) as error:
        raise PickleDamagedError("it is a zip file that is cut off or damaged") from error

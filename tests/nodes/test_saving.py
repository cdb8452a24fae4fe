"""Numbered files: never overwritten, never half there."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from graph.errors import NodeInputError
from nodes.saving import Series, Write

_ROOT = Path(__file__).parents[2]


def _text(content: str) -> Write:
    def write(file: BinaryIO) -> None:
        file.write(content.encode())

    return write


def _names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_numbers_count_up_from_one(tmp_path: Path) -> None:
    paths = Series.of(tmp_path / "new", "cat", ".png").save([_text("a"), _text("b")])

    assert [path.name for path in paths] == ["cat_00001_.png", "cat_00002_.png"]
    assert [path.read_text() for path in paths] == ["a", "b"]


def test_numbers_go_on_after_the_highest_of_any_kind(tmp_path: Path) -> None:
    for name in ("cat_00007_.png", "cat_00012_.latent", "cats_00050_.png", "cat_x_.png"):
        (tmp_path / name).touch()

    (path,) = Series.of(tmp_path, "cat", ".png").save([_text("a")])

    assert path.name == "cat_00013_.png"


def test_numbers_grow_beyond_five_digits(tmp_path: Path) -> None:
    (tmp_path / "cat_99999_.png").touch()

    (path,) = Series.of(tmp_path, "cat", ".png").save([_text("a")])

    assert path.name == "cat_100000_.png"


def test_folders_are_made_and_named(tmp_path: Path) -> None:
    series = Series.of(tmp_path, "animals/small\\cat", ".png")

    series.save([_text("a")])

    assert _names(tmp_path) == ["animals/small/cat_00001_.png"]
    assert series.subfolder == "animals/small"


def test_a_batch_number_stands_beside_the_counter(tmp_path: Path) -> None:
    series = Series.of(tmp_path, "cat-%batch_num%", ".png")

    series.save([_text("a"), _text("b")])
    series.save([_text("c")])

    assert _names(tmp_path) == ["cat-0_00001_.png", "cat-0_00003_.png", "cat-1_00002_.png"]


def test_regular_expressions_in_a_prefix_mean_nothing(tmp_path: Path) -> None:
    series = Series.of(tmp_path, "c(a.t+[1]", ".png")

    series.save([_text("a")])
    series.save([_text("b")])

    assert _names(tmp_path) == ["c(a.t+[1]_00001_.png", "c(a.t+[1]_00002_.png"]


@pytest.mark.parametrize("prefix", ["../cat", "a/../../cat", "/etc/cat", "C:\\cat", "..\\cat"])
def test_a_prefix_cannot_leave_the_folder(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(NodeInputError, match=r"filename_prefix .* leads out of the folder"):
        Series.of(tmp_path, prefix, ".png")


def test_a_link_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "output").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "output" / "way").symlink_to(tmp_path / "elsewhere", target_is_directory=True)

    with pytest.raises(NodeInputError, match="leads out of the folder"):
        Series.of(tmp_path / "output", "way/cat", ".png").save([_text("a")])

    assert _names(tmp_path / "elsewhere") == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def write(file: BinaryIO) -> None:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(NodeInputError, match="no room for the file: free some space"):
        Series.of(tmp_path, "cat", ".png").save([_text("whole"), write])

    assert _names(tmp_path) == ["cat_00001_.png"]


def test_a_file_in_the_way_of_a_folder_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "animals").touch()

    with pytest.raises(NodeInputError, match=r"animals is no folder.*filename_prefix"):
        Series.of(tmp_path, "animals/cat", ".png").save([_text("a")])


def test_a_full_disk_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path; from nodes.saving import Series;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "Series.of(Path(sys.argv[1]), 'cat', '.png').save([lambda file: file.write(bytes(9999))])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]

    run = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)

    assert "has no room for the file" in run.stderr.splitlines()[-1]
    assert _names(tmp_path) == []


def test_a_file_system_without_links_is_served_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    series = Series.of(tmp_path, "cat", ".png")

    series.save([_text("a"), _text("b")])
    series.save([_text("c")])

    assert [path.read_text() for path in sorted(tmp_path.iterdir())] == ["a", "b", "c"]


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without links"])
def test_processes_that_save_at_once_lose_nothing(tmp_path: Path, links: bool) -> None:
    refuse = (
        "" if links else "import os; os.link = lambda *a: (_ for _ in ()).throw(OSError(1, ''));"
    )
    code = (
        f"{refuse}import sys; from pathlib import Path; from nodes.saving import Series;"
        "series = Series.of(Path(sys.argv[1]), 'cat', '.png');"
        "[series.save([lambda file: file.write(f'{sys.argv[2]} {i}'.encode())]) for i in range(40)]"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]

    runs = [subprocess.Popen([*command, str(number)], cwd=_ROOT) for number in range(4)]
    assert [run.wait() for run in runs] == [0] * 4

    contents = {path.read_text() for path in tmp_path.iterdir()}
    assert contents == {f"{number} {i}" for number in range(4) for i in range(40)}
    numbers = sorted(int(path.name.split("_")[1]) for path in tmp_path.iterdir())
    assert numbers == list(range(1, 161))

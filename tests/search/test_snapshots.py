"""Snapshots: all of one or all of another, and damage is noticed."""

import json
import os

import pytest

from matchmaker.search.snapshots import (
    MANIFEST,
    ORPHAN_SECONDS,
    Manifest,
    SnapshotError,
    read_manifest,
    read_snapshot,
    snapshot_states,
    write_snapshot,
)

PARTS = ("one", "two")


def save(folder, last_change, text="content"):
    manifest = Manifest("model", 4, 10, last_change)
    return write_snapshot(folder, manifest, PARTS, lambda part, path: path.write_text(f"{part} {text}"))


def load(folder, model="model"):
    return read_snapshot(folder, model, lambda manifest, paths: (manifest.last_change, paths["two"].read_text()))


def test_what_was_written_is_read(tmp_path):
    save(tmp_path, 5)
    assert load(tmp_path) == (5, "two content")


def test_second_snapshot_takes_the_place_of_the_first_and_its_files(tmp_path):
    save(tmp_path, 5)
    save(tmp_path, 6, "newer")
    assert (load(tmp_path), len(list(tmp_path.iterdir()))) == ((6, "two newer"), len(PARTS) + 1)


def test_missing_snapshot_is_an_error(tmp_path):
    with pytest.raises(SnapshotError):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", [b"", b"content one", None])
def test_damaged_file_is_an_error(tmp_path, part, damage):
    path = tmp_path / save(tmp_path, 5).files[part]
    path.unlink() if damage is None else path.write_bytes(damage)
    with pytest.raises(SnapshotError):
        load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content | {"last_change": 9},
        lambda content: content | {"format": 1},
        lambda content: content | {"unheard": 1},
        lambda content: {name: value for name, value in content.items() if name != "seal"},
        lambda content: [content],
        lambda _: {},
    ],
)
def test_changed_manifest_is_an_error(tmp_path, change):
    save(tmp_path, 5)
    content = json.loads((tmp_path / MANIFEST).read_text())
    (tmp_path / MANIFEST).write_text(json.dumps(change(content)))
    with pytest.raises(SnapshotError):
        read_manifest(tmp_path)


def test_cut_off_manifest_is_an_error(tmp_path):
    save(tmp_path, 5)
    (tmp_path / MANIFEST).write_bytes((tmp_path / MANIFEST).read_bytes()[:40])
    with pytest.raises(SnapshotError):
        load(tmp_path)


def test_other_model_is_an_error(tmp_path):
    save(tmp_path, 5)
    with pytest.raises(SnapshotError, match="made with model, not other"):
        load(tmp_path, "other")


def test_reader_overtaken_by_a_swap_reads_the_newer_snapshot(tmp_path):
    save(tmp_path, 5)
    seen = []

    def read(manifest, paths):
        if not seen:
            seen.append(manifest.last_change)
            save(tmp_path, 6, "newer")
        return manifest.last_change, paths["one"].read_text()

    assert (read_snapshot(tmp_path, "model", read), seen) == ((6, "one newer"), [5])


def test_writer_killed_halfway_leaves_the_old_snapshot_readable(tmp_path):
    save(tmp_path, 5)

    def die(part, path):
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_snapshot(tmp_path, Manifest("model", 4, 10, 6), PARTS, die)
    assert load(tmp_path) == (5, "two content")


def test_old_leftovers_go_with_the_next_snapshot_and_fresh_ones_stay(tmp_path):
    for name, age in (("old", ORPHAN_SECONDS + 60), ("fresh", 0)):
        (tmp_path / name).write_text("half")
        moment = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (moment, moment))
    manifest = save(tmp_path, 5)
    assert {path.name for path in tmp_path.iterdir()} == {"fresh", MANIFEST, *manifest.files.values()}


def test_states_name_each_snapshot_and_what_is_wrong(tmp_path):
    save(tmp_path / "a", 5)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / MANIFEST).write_text("{}")
    states = {state.name: state.text for state in snapshot_states(tmp_path)}
    assert (states["a"], sorted(states)) == ("10 entries up to change 5", ["a", "b"])

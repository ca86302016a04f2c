"""The keyword index: partitions, replacement, the change mark, damage, and a writer that is killed."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from matchmaker.search.keywords import (
    KeywordEntry,
    KeywordIndex,
    KeywordIndexBusy,
    KeywordIndexError,
    delete_keyword_index,
)

OPEN, INSIDE, OUTSIDE = "need/open", "need/inside", "need/outside"


def entry(number, title, body=(), partition=OPEN):
    return KeywordEntry(number, partition.partition("/")[2], partition, title.split(), body.split() if body else ())


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keywords"


@pytest.fixture
def index(folder):
    return KeywordIndex(folder)


@pytest.fixture
def writer(index):
    opened = index.writer()
    yield opened
    opened.close()


def fill(writer, *entries, last_change=1):
    for each in entries:
        writer.replace(each.id, [each])
    writer.commit(last_change)


def ids(index, words, partitions=(OPEN,), k=10):
    return [hit.id for hit in index.search(words.split(), partitions, k)]


def test_title_counts_more_than_body(index, writer):
    fill(writer, entry(1, "风机 叶片", "防护 涂层 材料"), entry(2, "防护 涂层", "风机 叶片 材料"))
    assert ids(index, "防护 涂层") == [2, 1]


def test_rare_word_counts_more_than_a_frequent_one(index, writer):
    fill(writer, *(entry(number, "材料") for number in range(1, 9)), entry(9, "气凝胶"))
    assert ids(index, "材料 气凝胶", k=1) == [9]


def test_any_word_is_enough_and_none_finds_nothing(index, writer):
    fill(writer, entry(1, "棉花 打包"))
    assert (ids(index, "棉花 不在"), ids(index, "不在"), ids(index, "")) == ([1], [], [])


def test_partition_bounds_the_search(index, writer):
    writer.replace(1, [entry(1, "叶片", partition=INSIDE), entry(1, "部件", partition=OUTSIDE)])
    writer.commit(1)
    found = [ids(index, "叶片", partitions) for partitions in ((OPEN,), (OUTSIDE,), (OPEN, INSIDE), ())]
    assert (found, len(index)) == ([[], [], [1], []], 2)


def test_listing_in_two_scopes_is_found_once(index, writer):
    writer.replace(1, [entry(1, "叶片", partition=INSIDE), entry(1, "叶片", partition=OUTSIDE)])
    writer.commit(1)
    assert ids(index, "叶片", (INSIDE, OUTSIDE)) == [1]


def test_replacing_forgets_what_was_there(index, writer):
    fill(writer, entry(1, "叶片"))
    fill(writer, entry(1, "齿轮"), last_change=2)
    assert (ids(index, "叶片"), ids(index, "齿轮"), len(index)) == ([], [1], 1)


def test_replacing_with_nothing_removes(index, writer):
    fill(writer, entry(1, "叶片"), entry(2, "叶片"))
    writer.replace(1, [])
    writer.commit(2)
    assert ids(index, "叶片") == [2]


def test_clearing_removes_everything(index, writer):
    fill(writer, entry(1, "叶片"))
    writer.clear()
    writer.commit(3)
    assert (ids(index, "叶片"), len(index), index.last_change) == ([], 0, 3)


def test_nothing_is_seen_before_the_commit(folder, index, writer):
    writer.replace(1, [entry(1, "叶片")])
    index.reload()
    assert (ids(index, "叶片"), index.last_change) == ([], 0)


def test_uncommitted_changes_are_dropped_on_close(folder, index):
    writer = index.writer()
    fill(writer, entry(1, "叶片"), last_change=4)
    writer.replace(2, [entry(2, "叶片")])
    writer.close()
    again = KeywordIndex(folder)
    assert (ids(again, "叶片"), again.last_change) == ([1], 4)


def test_second_reader_sees_a_commit_after_reload(folder, index, writer):
    other = KeywordIndex(folder)
    fill(writer, entry(1, "叶片"), last_change=8)
    before = ids(other, "叶片")
    other.reload()
    assert (before, ids(other, "叶片"), other.last_change) == ([], [1], 8)


def test_only_one_writer_may_be_open(folder, index, writer):
    with pytest.raises(KeywordIndexBusy):
        KeywordIndex(folder).writer()


@pytest.mark.parametrize("word", ["<script>", "a\x00b", "😀", '"OR"', "需求 AND", "\\", "ұлттық", "x" * 70_000])
def test_hostile_words_are_only_words(index, writer, word):
    fill(writer, entry(1, "叶片"))
    writer.replace(2, [KeywordEntry(2, "open", OPEN, [word], [word])])
    writer.commit(2)
    assert (ids(index, "叶片"), {hit.id for hit in index.search([word], [OPEN], 5)} <= {2}) == ([1], True)


@pytest.mark.parametrize("how", ["cut", "empty", "flipped", "gone"])
def test_every_damaged_file_is_noticed_on_opening(folder, index, writer, how):
    fill(writer, *(entry(number, f"叶片 词{number}") for number in range(50)))
    writer.close()
    parts = sorted(path for path in folder.iterdir() if path.suffix and path.suffix not in {".lock", ".json"})
    unnoticed = []
    for path in parts:
        content = path.read_bytes()
        _damage(path, content, how)
        try:
            KeywordIndex(folder)
            unnoticed.append(path.suffix)
        except KeywordIndexError:
            pass
        path.write_bytes(content)
    assert (unnoticed, len(parts) >= 6, ids(KeywordIndex(folder), "词7")) == ([], True, [7])


def _damage(path, content, how):
    if how == "gone":
        path.unlink()
    else:
        half = len(content) // 2
        flipped = content[:half] + bytes([content[half] ^ 255]) + content[half + 1 :]
        path.write_bytes({"cut": content[:half], "empty": b"", "flipped": flipped}[how])


def test_damaged_list_of_segments_is_noticed_and_the_index_made_again(folder, index, writer):
    fill(writer, entry(1, "叶片"))
    writer.close()
    (folder / "meta.json").write_text('{"segments": [')
    with pytest.raises(KeywordIndexError):
        KeywordIndex(folder)
    delete_keyword_index(folder)
    assert (len(KeywordIndex(folder)), KeywordIndex(folder).last_change) == (0, 0)


ENDLESS_WRITER = """
    import sys
    from pathlib import Path
    from matchmaker.search.keywords import KeywordEntry, KeywordIndex
    index = KeywordIndex(Path(sys.argv[1]))
    writer, number = index.writer(), index.last_change
    while True:
        number += 1
        writer.replace(number, [KeywordEntry(number, "open", "need/open", ["叶片", f"词{number}"], [])])
        writer.commit(number)
        print(number, flush=True)
"""


def _start_writer(folder):
    command = [sys.executable, "-c", textwrap.dedent(ENDLESS_WRITER), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_writer_loses_nothing_that_it_committed(folder):
    """The mark and the entries agree after each kill, and the next writer goes on from there."""
    last = 0
    for _ in range(3):
        process = _start_writer(folder)
        said = [int(process.stdout.readline()) for _ in range(5)]
        reader = KeywordIndex(folder)
        live = reader.search([f"词{said[-1]}"], [OPEN], 5)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        index = KeywordIndex(folder)
        assert [hit.id for hit in live] == [said[-1]]
        assert (said[0], index.last_change >= said[-1], len(index)) == (last + 1, True, index.last_change)
        last = index.last_change


def test_published_listing_is_found_by_another_process_within_a_second(folder):
    process = _start_writer(folder)
    try:
        process.stdout.readline()
        reader = KeywordIndex(folder)
        number = int(process.stdout.readline())
        start = time.monotonic()
        reader.reload()
        found = ids(reader, f"词{number}")
        assert (found, time.monotonic() - start < 1) == ([number], True)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_index_of_words_cut_by_other_rules_is_refused(folder, index, writer, monkeypatch):
    fill(writer, entry(1, "棉花"))
    writer.close()
    monkeypatch.setattr("matchmaker.search.keywords.vocabulary_version", lambda: "of another release")
    with pytest.raises(KeywordIndexError, match="other rules"):
        KeywordIndex(folder)

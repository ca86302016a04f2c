"""Reading the BEIR layout, with clear sentences for what is wrong, and writing TREC runs."""

import json

import pytest

from matchmaker.search.beir import DatasetError, TextRow, read_dataset, write_run


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "queries.jsonl", [{"_id": "q1", "title": "除尘", "text": "高温"}, {"_id": "q2", "title": "酿酒"}])
    write(tmp_path, "corpus.jsonl", [{"_id": "d1", "title": "滤管", "text": ""}, {"_id": 2, "title": "酵母"}])
    (tmp_path / "qrels").mkdir()
    qrels(tmp_path, "query-id\tcorpus-id\tscore\nq1\td1\t3\nq2\t2\t0\n")
    return tmp_path


def write(folder, name, rows):
    (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def qrels(folder, text):
    (folder / "qrels" / "dev.tsv").write_text(text, encoding="utf-8")


def test_data_set_is_read(folder):
    found = read_dataset(folder, "dev")
    assert found.queries["q1"] == TextRow("q1", "除尘", "高温")
    assert (found.corpus["2"].title, found.qrels) == ("酵母", {"q1": {"d1": 3}, "q2": {"2": 0}})


def test_judgements_without_a_header_and_with_blank_lines_are_read(folder):
    qrels(folder, "q1\td1\t2\r\n\n")
    assert read_dataset(folder, "dev").qrels == {"q1": {"d1": 2}}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("not json", "queries.jsonl, line 2: a JSON object with _id, title and text is needed"),
        ('["q3"]', "queries.jsonl, line 2: a JSON object with _id, title and text is needed"),
        ('{"title": "x"}', "queries.jsonl, line 2: a JSON object with _id, title and text is needed"),
    ],
)
def test_malformed_query_is_named(folder, line, sentence):
    (folder / "queries.jsonl").write_text(f'{{"_id": "q1", "title": "t"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder, "dev")
    assert str(caught.value).endswith(sentence)


@pytest.mark.parametrize("line", ["q1 d1 2", "q1\td1", "q1\td1\tmuch", "q1\td1\t1.5"])
def test_malformed_judgement_is_named(folder, line):
    qrels(folder, f"query-id\tcorpus-id\tscore\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        read_dataset(folder, "dev")
    assert str(caught.value).endswith("dev.tsv, line 2: query-id, corpus-id and a whole score are needed")


def test_judgement_of_an_unknown_id_is_named(folder):
    qrels(folder, "q1\tnowhere\t1\n")
    with pytest.raises(DatasetError, match="line 1: unknown id 'nowhere'"):
        read_dataset(folder, "dev")


@pytest.mark.parametrize("name", ["queries.jsonl", "corpus.jsonl", "qrels/dev.tsv"])
def test_missing_and_empty_files_are_errors(folder, name):
    (folder / name).write_text("", encoding="utf-8")
    with pytest.raises(DatasetError):
        read_dataset(folder, "dev")
    (folder / name).unlink()
    with pytest.raises(DatasetError):
        read_dataset(folder, "dev")


def test_wrong_encoding_is_an_error(folder):
    (folder / "corpus.jsonl").write_bytes('{"_id": "d1", "title": "滤管"}'.encode("gb18030"))
    with pytest.raises(DatasetError):
        read_dataset(folder, "dev")


def test_run_is_written_in_trec_form(tmp_path):
    write_run(tmp_path / "run", {"q2": {"x": 0.5}, "q1": {"a": -1.0, "b": 2.0}}, "tag")
    assert (tmp_path / "run").read_text() == (
        "q1 Q0 b 1 2.000000 tag\nq1 Q0 a 2 -1.000000 tag\nq2 Q0 x 1 0.500000 tag\n"
    )

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from matchmaker.search.e5_file import read_e5_file
from matchmaker.search.e5_tokenizer import build_tokenizer
from matchmaker.search.onnx_encoder import OnnxEncoder, group
from tests.tiny_e5 import PIECES, tiny_weights

DIMENSION = 8
WINDOW = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tokenizer and a graph that adds up a row for each token."""
    made = tmp_path_factory.mktemp("onnx")
    build_tokenizer(read_e5_file(tiny_weights()).pieces).save(str(made / "tokenizer.json"))
    table = np.random.default_rng(0).normal(size=(len(PIECES), DIMENSION)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["column"]),
        helper.make_node("Mul", ["rows", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "second"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["embedding"], axis=1),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", DIMENSION])
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([-1]), "last"),
        numpy_helper.from_array(np.array([1]), "second"),
    ]
    graph = helper.make_graph(nodes, "sum", inputs, [output], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), made / "graph.onnx")
    return made


def load(folder: Path, budget: int = 40) -> OnnxEncoder:
    return OnnxEncoder(
        folder / "graph.onnx",
        folder / "tokenizer.json",
        model_id="sum@1",
        prompts=("query: ", "passage: "),
        window=WINDOW,
        budget=budget,
    )


def test_onnx_encoder_returns_unit_rows_in_the_order_of_the_texts(folder: Path) -> None:
    encoder = load(folder)
    texts = ["风电机组", "棉花", "", "风电机组叶片", "5～5kg", "叶片"]
    found = encoder.encode_queries(texts)
    assert found.shape == (6, encoder.dimension) == (6, DIMENSION)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(6), abs=1e-6)
    alone = np.vstack([encoder.encode_queries([text]) for text in texts])
    assert found == pytest.approx(alone, abs=1e-6)


def test_onnx_encoder_returns_no_rows_for_no_texts(folder: Path) -> None:
    assert load(folder).encode_documents([]).shape == (0, DIMENSION)


def test_onnx_encoder_gives_each_role_its_prompt(folder: Path) -> None:
    encoder = load(folder)
    query, document = encoder.encode_queries(["棉花"]), encoder.encode_documents(["棉花"])
    assert float((query * document).sum()) < 0.999


def test_onnx_encoder_encodes_alike_in_batches_of_any_size(folder: Path) -> None:
    texts = [piece * count for piece in ("风电", "棉花", "叶片") for count in range(1, 8)]
    one, many = load(folder, budget=0).encode_documents(texts), load(folder, budget=500).encode_documents(texts)
    assert one == pytest.approx(many, abs=1e-6)


def test_onnx_encoder_reads_a_long_text_to_its_end(folder: Path) -> None:
    encoder = load(folder)
    start = "风电机组。" * 20
    plain, turned = encoder.encode_documents([start, start + "棉花采摘。" * 20])
    assert float(plain @ turned) < 0.99
    assert encoder.encode_documents(["棉花"]).shape == (1, DIMENSION)


def test_onnx_encoder_pools_a_long_text_from_its_pieces(folder: Path) -> None:
    encoder = load(folder)
    repeated, once = encoder.encode_documents(["棉花。" * 40, "棉花。"])
    assert float(repeated @ once) > 0.8


@pytest.mark.parametrize(
    ("lengths", "budget", "sizes"),
    [
        ([], 10, []),
        ([9, 5, 5, 2, 2, 2, 2, 2], 10, [1, 2, 5]),
        ([30, 4, 3, 3], 10, [1, 2, 1]),
        ([3, 3], 0, [1, 1]),
    ],
)
def test_group_keeps_padded_runs_within_the_budget(lengths: list[int], budget: int, sizes: list[int]) -> None:
    found = group(lengths, budget)
    assert [len(places) for places in found] == sizes
    assert [place for places in found for place in places] == list(range(len(lengths)))

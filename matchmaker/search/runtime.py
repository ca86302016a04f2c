"""Which exported graph suits the processor, and loading it."""

import json
import platform
from pathlib import Path

from matchmaker.search.e5_model import PROMPTS
from matchmaker.search.encoder import ModelUnavailable
from matchmaker.search.export import FP32_GRAPH, INT8_GRAPH
from matchmaker.search.manifest import default_model_id, is_whole
from matchmaker.search.onnx_encoder import OnnxEncoder

# Instructions that multiply 8-bit numbers and add without overflow. Where they are missing onnxruntime falls back to
# ones that saturate (on x86) or are slow, and 32 bits are better.
INT8_FLAGS = frozenset({"avx512_vnni", "avx_vnni", "asimddp", "i8mm"})
# Each with its budget of tokens a run; the 8-bit one takes texts one by one (see OnnxEncoder).
GRAPHS = {"onnx": (FP32_GRAPH, 512), "int8": (INT8_GRAPH, 0)}


def best_runtime(flags: frozenset[str] | None = None) -> str:
    """Return "int8" where a processor with these flags (this one's by default) has instructions for it, else "onnx".

    bfloat16 on torch is never the best: the measured table is in the README.
    """
    return "int8" if INT8_FLAGS & (processor_flags() if flags is None else flags) else "onnx"


def processor_flags() -> frozenset[str]:
    """Return the names of the processor's extensions, as far as the system tells them."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return frozenset({"asimddp"})  # every Apple processor since the M1
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    found = (line.partition(":")[2] for line in lines if line.startswith(("flags", "Features")))
    return frozenset(next(found, "").split())


def load_onnx_encoder(
    directory: Path, runtime: str, query_prompt: str | None, document_prompt: str | None
) -> OnnxEncoder:
    """Load the default model's graph for a runtime ("auto", "onnx" or "int8"); prompts of None are the model's own.

    Raises:
        ModelUnavailable: the model has not been prepared in `directory`.
    """
    if not is_whole(directory):
        raise ModelUnavailable(f"the embedding model is not prepared in {directory}: run matchmaker prepare-model")
    graph, budget = GRAPHS[best_runtime() if runtime == "auto" else runtime]
    prompts = (
        PROMPTS["query"] if query_prompt is None else query_prompt,
        PROMPTS["document"] if document_prompt is None else document_prompt,
    )
    config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    return OnnxEncoder(
        directory / graph,
        directory / "tokenizer.json",
        model_id=default_model_id(prompts),
        prompts=prompts,
        window=config["max_position_embeddings"],
        budget=budget,
    )

"""Writes a parsed E5 weight file as an ordinary sentence-transformers directory (BERT, mean pooling, unit length)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.e5_file import Architecture, E5File
from matchmaker.search.e5_tokenizer import MASK, build_tokenizer

PROMPTS = {"query": "query: ", "document": "passage: "}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model(source: E5File, directory: Path) -> None:
    """Write weights, tokenizer and configuration into an existing empty directory.

    Raises:
        BadE5File: a tensor is missing or has another size than the architecture asks for.
    """
    from safetensors.numpy import save_file

    save_file(dict(_tensors(source)), directory / "model.safetensors", metadata={"format": "pt"})
    (directory / "model.safetensors").chmod(0o644)  # written as 0600, unlike the files beside it
    build_tokenizer(source.pieces).save(str(directory / "tokenizer.json"))
    for name, content in _configuration(source).items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _tensors(source: E5File) -> Iterator[tuple[str, NDArray[np.float32]]]:
    hidden, wide = source.architecture.hidden, source.architecture.feed_forward
    for short, name in EMBEDDINGS.items():
        values = source.tensor(short)
        yield name, values.reshape(-1, hidden) if ".ln." not in short else values
    # The file has no pooler and mean pooling asks for none, but BertModel expects one.
    yield "pooler.dense.weight", np.zeros((hidden, hidden), np.float32)
    yield "pooler.dense.bias", np.zeros(hidden, np.float32)
    shapes = {"fi": (wide, hidden), "fo": (hidden, wide), "aln": (hidden,), "oln": (hidden,)}
    for layer in range(source.architecture.layers):
        for short, name in LAYER.items():
            full = f"encoder.layer.{layer}.{name}"
            yield f"{full}.weight", _shaped(source, f"l{layer}.{short}.w", shapes.get(short, (hidden, hidden)))
            yield f"{full}.bias", _shaped(source, f"l{layer}.{short}.b", (wide if short == "fi" else hidden,))


def _shaped(source: E5File, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return source.tensor(name).reshape(shape)


def _configuration(source: E5File) -> dict[str, Any]:
    sizes, pieces = source.architecture, source.pieces
    return {
        "config.json": _bert_config(sizes, pieces.pad),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": pieces.scored[pieces.bos][0],
            "cls_token": pieces.scored[pieces.bos][0],
            "eos_token": pieces.scored[pieces.eos][0],
            "sep_token": pieces.scored[pieces.eos][0],
            "pad_token": pieces.scored[pieces.pad][0],
            "unk_token": pieces.scored[pieces.unk][0],
            "mask_token": MASK,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert_config(sizes: Architecture, pad: int) -> dict[str, Any]:
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "pad_token_id": pad,
        "dtype": "float32",
    }

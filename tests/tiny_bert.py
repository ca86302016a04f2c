"""A tiny model directory to train networks from, with the vocabulary of tiny_e5.py."""

from pathlib import Path

from matchmaker.search.e5_file import read_e5_file
from matchmaker.search.e5_tokenizer import build_tokenizer
from tests.tiny_e5 import PIECES, tiny_weights


def save_tiny_model(folder: Path) -> None:
    """Write the directory; its random weights are the same each time."""
    import torch
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(PIECES),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=256,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=1,
        initializer_range=0.3,
    )
    torch.manual_seed(0)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    build_tokenizer(read_e5_file(tiny_weights()).pieces).save(str(folder / "tokenizer.json"))

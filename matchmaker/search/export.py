"""Exports the converted model to ONNX: as it is, and with 8-bit weights and activations.

The feed-forward layers of this model have one or two channels a hundred times larger than the rest. With one scale for
all activations of a layer they would take the resolution from every other channel (mean cosine to the original 0.9976),
so their size is first moved into the weights, which changes nothing in exact arithmetic (0.9993 then). The method is
SmoothQuant, Xiao et al. (2023).
"""

import gc
import logging
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

FP32_GRAPH = "onnx/model.onnx"
INT8_GRAPH = "onnx/model_int8.onnx"
OPSET = 17
# Share of a channel's size that goes into the weights (SmoothQuant's alpha).
ALPHA = 0.75
# What the size of channels is measured on: it hardly depends on the text, as it comes from the first and last tokens.
CALIBRATION = (
    "query: 风电机组叶片结冰监测与防除冰技术",
    "query: 高盐废水零排放，处理成本低于10元/吨，回收率≥95%。",
    "passage: 本成果提供一种棉花采摘机械的智能控制系统，已完成中试，可降低含杂率3～5个百分点；",
    "query: low-cost lithium recovery from brine",
    "passage: A drip irrigation controller for cotton fields, tested on 200 ha in 2023.",
    "query: обогащение угля сухим способом",
    "passage: Технология переработки верблюжьего молока (сухие продукты).",
    "query: күн батареяларын шаңнан тазарту",
)


def export_onnx(directory: Path, progress: Callable[[str], None]) -> None:
    """Write both graphs (token ids and mask in, unit vectors out) below a sentence-transformers BERT directory."""
    (directory / "onnx").mkdir(exist_ok=True)
    progress("exporting the model to onnxruntime")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter about itself, and of tracing shapes that are dynamic anyway
        _export(directory, directory / FP32_GRAPH)
    gc.collect()  # the traced model: some 450 MB held by cycles
    progress("quantising the model to 8 bits")
    _quantise(directory / FP32_GRAPH, directory / INT8_GRAPH)


def _export(directory: Path, target: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

    tokenizer = AutoTokenizer.from_pretrained(directory)
    # Eager attention is the only one that the tracing exporter writes as plain operators.
    model = AutoModel.from_pretrained(directory, attn_implementation="eager").eval()
    batch = tokenizer(list(CALIBRATION), padding=True, truncation=True, return_tensors="pt")
    inputs = (batch["input_ids"], batch["attention_mask"])
    with torch.no_grad():
        _smooth(model, inputs)
    torch.onnx.export(
        _sentence_encoder(model),
        inputs,
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["embedding"],
        dynamic_axes={"input_ids": {0: "n", 1: "t"}, "attention_mask": {0: "n", 1: "t"}, "embedding": {0: "n"}},
        opset_version=OPSET,
        dynamo=False,
    )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logger = logging.getLogger()
    level = logger.level
    logger.setLevel(logging.ERROR)  # it advises a pre-processing that this graph does not need
    try:
        quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logger.setLevel(level)


def _sentence_encoder(model: Any) -> "torch.nn.Module":
    import torch

    class SentenceEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
            return torch.nn.functional.normalize((hidden * weights).sum(1), dim=1)

    return SentenceEncoder()


def _smooth(model: Any, inputs: "Sequence[torch.Tensor]") -> None:
    """Put a division before each feed-forward layer and the same factors into its weights, in place."""
    import torch

    class Scaled(torch.nn.Module):
        def __init__(self, linear: torch.nn.Linear, sizes: torch.Tensor) -> None:
            super().__init__()
            factors = sizes.clamp(min=1e-5) ** ALPHA / linear.weight.abs().amax(0).clamp(min=1e-5) ** (1 - ALPHA)
            linear.weight.mul_(factors)
            self.linear = linear
            self.shrink = torch.nn.Parameter(1 / factors)

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            result: torch.Tensor = self.linear(values * self.shrink)
            return result

    blocks = [part for layer in model.encoder.layer for part in (layer.intermediate, layer.output)]
    sizes = _channel_sizes(model, [block.dense for block in blocks], inputs)
    for block in blocks:
        block.dense = Scaled(block.dense, sizes[block.dense])


def _channel_sizes(
    model: Any, layers: "Sequence[torch.nn.Module]", inputs: "Sequence[torch.Tensor]"
) -> "dict[torch.nn.Module, torch.Tensor]":
    """Return for each layer the largest absolute value in each channel of its input, shape (channels,)."""
    ids, mask = inputs
    sizes: dict[torch.nn.Module, torch.Tensor] = {}

    def note(layer: "torch.nn.Module", arguments: "tuple[torch.Tensor, ...]") -> None:
        sizes[layer] = arguments[0][mask.bool()].abs().amax(0)

    handles = [layer.register_forward_pre_hook(note) for layer in layers]
    model(input_ids=ids, attention_mask=mask)
    for handle in handles:
        handle.remove()
    return sizes

"""Makes the model beside this file anew; needs ``pip install onnx``. Run it in this folder.

It is a streaming transducer as sherpa-onnx loads them, made by hand: it hears low (below 700 Hz) and high
(1.7 to 3.3 kHz) tones, each as one sound, where a trained one hears speech. So the words in ``en.phone``
can be "said" by tones, and everything around the numbers is real.
"""

# pyright: basic, reportMissingImports=false

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLANK, UNKNOWN, LOW, HIGH = range(4)
TOKENS = ("<blk>", "<unk>", "L", "H", "#0")
WORDS = {"COACH": "L", "PAUSE": "H L", "READY": "H", "SLOWER": "H L H"}

FLOAT: Any = TensorProto.FLOAT
CHUNK = 8
"""Frames of 10 ms that are taken at once; a sound is looked for in every four."""


def save(
    name: str, nodes: list[Any], inputs: list[Any], outputs: list[Any], values: dict[str, Any], **meta: Any
) -> None:
    """One part of the model."""
    held = [numpy_helper.from_array(value, key) for key, value in values.items()]
    model = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, held),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    for key, value in meta.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    onnx.save(model, f"{name}.onnx")


def value(name: str, *shape: int | str, of: Any = FLOAT) -> Any:
    """An input or output."""
    return helper.make_tensor_value_info(name, of, shape)


def main() -> None:
    """Writes all files."""
    count = len(TOKENS)
    weights, bias = np.zeros((80, count), np.float32), np.zeros(count, np.float32)
    low, high = slice(0, 20), slice(40, 60)  # of 80 mel bands
    weights[low, LOW], weights[high, LOW] = 0.1, -0.1
    weights[high, HIGH], weights[low, HIGH] = 0.1, -0.1
    bias[BLANK] = 8
    states = [value(f"{begin}state{index}", 1, "N", 4) for index in range(2) for begin in ("", "next_")]
    save(
        "encoder",
        [
            helper.make_node("Reshape", ["x", "shape"], ["fours"]),
            helper.make_node("ReduceMean", ["fours"], ["mean"], axes=[2], keepdims=0),
            helper.make_node("MatMul", ["mean", "weights"], ["weighted"]),
            helper.make_node("Add", ["weighted", "bias"], ["encoder_out"]),
            *(helper.make_node("Identity", [f"state{index}"], [f"next_state{index}"]) for index in range(2)),
        ],
        [value("x", "N", CHUNK, 80), states[0], states[2]],
        [value("encoder_out", "N", CHUNK // 4, count), states[1], states[3]],
        {"shape": np.array([-1, CHUNK // 4, 4, 80], np.int64), "weights": weights, "bias": bias},
        model_type="lstm",
        version=1,
        model_author="voice_coach",
        num_encoder_layers=1,
        T=CHUNK,
        decode_chunk_len=CHUNK,
        rnn_hidden_size=4,
        d_model=4,
    )
    again = np.diag([0, 0, -100, -100, 0]).astype(np.float32)  # a tone that lasts is one sound
    save(
        "decoder",
        [
            helper.make_node("Gather", ["y", "last"], ["before"], axis=1),
            helper.make_node("Gather", ["again", "before"], ["decoder_out"], axis=0),
        ],
        [value("y", "N", 2, of=TensorProto.INT64)],
        [value("decoder_out", "N", count)],
        {"last": np.array(1, np.int64), "again": again},
        context_size=2,
        vocab_size=count,
    )
    save(
        "joiner",
        [helper.make_node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        [value("encoder_out", "N", count), value("decoder_out", "N", count)],
        [value("logit", "N", count)],
        {},
        joiner_dim=count,
    )
    Path("tokens.txt").write_text(
        "".join(f"{token} {number}\n" for number, token in enumerate(TOKENS)), "ascii"
    )
    Path("en.phone").write_text("".join(f"{word} {sounds}\n" for word, sounds in WORDS.items()), "ascii")


if __name__ == "__main__":
    main()

"""What TensorRT builds an engine from: an ONNX file that it can read, and the command line for it.

An engine fits one kind of GPU and one release of TensorRT, so it is built where it runs; this machine needs neither.
"""

import shlex
from pathlib import Path
from typing import Any

from spnet.errors import SpnetError
from spnet.export import onnx
from spnet.export.graph import Graph

_LACKING = """
AffineGrid Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Col2Im CenterCropPad Compress
ConcatFromSequence ConvInteger DFT Det DynamicQuantizeLinear ImageDecoder MatMulInteger MaxRoiPool MaxUnpool
MelWeightMatrix Multinomial NegativeLogLikelihoodLoss Optional OptionalGetElement OptionalHasElement QLinearConv
QLinearMatMul RegexFullMatch SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
SequenceMap SoftmaxCrossEntropyLoss SplitToSequence StringConcat StringNormalizer StringSplit TfIdfVectorizer Unique
"""
"""Operators of ONNX that TensorRT 10.15 does not have.

Source: docs/operators.md of https://github.com/onnx/onnx-tensorrt, at that release
"""

_SCRIPT = """\
#!/bin/sh
# Builds a TensorRT engine from the ONNX file beside this script, on the GPU that is to run it. trtexec comes with
# TensorRT; what follows the script's name goes to it. Shapes are batch x 5 x height x width: the smallest, the one to
# be fast for, and the largest that the engine will take.
#     OPT=1x5x736x1280 sh {script} --verbose
set -eu
cd "$(dirname "$0")"
exec trtexec --onnx={graph} --saveEngine={engine} \\
    --minShapes="input:${{MIN:-1x5x64x64}}" \\
    --optShapes="input:${{OPT:-1x5x480x640}}" \\
    --maxShapes="input:${{MAX:-1x5x1088x1920}}" "$@"
"""


def write(graph: Graph, path: Path) -> None:
    """Write a network as ONNX, and beside it the script that builds an engine from it.

    Raises:
        SpnetError: the network has an operator that TensorRT has not.
    """
    onnx.write(graph, path)
    lacking = lacking_operators(onnx.read(path))
    if lacking:
        raise SpnetError(f"TensorRT has no {', '.join(lacking)}, which this network needs: nothing was written")
    names = {"graph": path.name, "engine": f"{path.stem}.engine", "script": f"{path.stem}.sh"}
    quoted = {key: shlex.quote(name) for key, name in names.items()}
    path.with_suffix(".sh").write_text(_SCRIPT.format(**quoted))


def lacking_operators(model: Any) -> list[str]:
    """The operators of an ONNX model that TensorRT has not, in alphabetical order; those of no standard among them."""
    lacking = set(_LACKING.split())
    return sorted({node.op_type for node in model.graph.node if node.domain or node.op_type in lacking})

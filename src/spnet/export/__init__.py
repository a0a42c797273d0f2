"""Networks as files that other programs run: ONNX, OpenVINO, PyTorch's exported programs, and what TensorRT needs.

    written = export("nano.safetensors", Path("nano.onnx"), to="onnx")

A file is there only once its own runtime has given what PyTorch gives, on every one of several shapes.
"""

from spnet.errors import require

require("torch", extra="torch", purpose="spnet export")

from spnet.export.exporting import Exported, export  # noqa: E402  (after the line that names the missing extra)
from spnet.export.formats import FORMATS  # noqa: E402

__all__ = ["FORMATS", "Exported", "export"]

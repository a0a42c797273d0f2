"""Import every module of the installed package; only a missing extra may stop one."""

import importlib
from pathlib import Path

import spnet
from spnet.errors import MissingExtraError

root = Path(spnet.__file__).parent
paths = [path.relative_to(root.parent).with_suffix("") for path in sorted(root.rglob("*.py"))]
names = [".".join(path.parts).removesuffix(".__init__") for path in paths]
for name in names:
    try:
        importlib.import_module(name)
    except MissingExtraError as error:
        print(f"{name}: {error}")
print(f"{len(names)} modules")

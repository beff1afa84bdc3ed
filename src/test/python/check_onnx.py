"""Checks files that Firesteel exported with ONNX's own checker, shape inference included.

    python src/test/python/check_onnx.py FILE.onnx ...

OnnxTest runs it. Ends with 0 if all are valid, have the operator set 18, and inputs and outputs
whose first dimension is the batch.
"""

import sys

import onnx


def main(paths):
    assert paths
    for path in paths:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)], path
        for value in [*model.graph.input, *model.graph.output]:
            shape = value.type.tensor_type.shape
            assert shape.dim[0].dim_param == "batch", (path, value.name)
            assert all(dim.dim_value > 0 for dim in shape.dim[1:]), (path, value.name)


main(sys.argv[1:])

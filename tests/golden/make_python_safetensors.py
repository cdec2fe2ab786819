"""Writes python_safetensors.hpp: a file made by the `safetensors` package (0.8.0), as a C++ array.

Run: python3 make_python_safetensors.py > python_safetensors.hpp
"""
import numpy as np
import safetensors.numpy

tensors = {
    "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
    "döubles": np.array([0.1, np.inf]),
    "scalar": np.array(-(2**40), dtype=np.int64),
    "bytes": np.array([0, 1, 255], dtype=np.uint8),
    "half": np.array([1, 2], dtype=np.float16),
    "empty": np.zeros((0, 4), dtype=np.int32),
}
metadata = {"note": 'quote " backslash \\ newline \n umlaut ä', "made by": "make_python_safetensors.py"}
data = safetensors.numpy.save(tensors, metadata)

print("// Written by make_python_safetensors.py with safetensors " + safetensors.__version__ + "; do not edit.")
print("#pragma once\n\n#include <array>\n\nnamespace weir_test {\n")
print("// clang-format off")
print(f"inline constexpr std::array<unsigned char, {len(data)}> python_safetensors{{{{")
for i in range(0, len(data), 20):
    print("    " + ", ".join(f"0x{byte:02X}" for byte in data[i : i + 20]) + ",")
print("}};\n// clang-format on\n\n}  // namespace weir_test")

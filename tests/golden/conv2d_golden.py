"""Makes conv2d.txt with PyTorch and conv2d_keras.txt with Keras:  python conv2d_golden.py torch|keras

Random configurations of convolution and pooling over images, at tiny extents; form as in conv_golden.py. Images
and weights as weir has them: samples x rows x columns x planes, the last running fastest; filters x planes x rows x
columns, the first running fastest. Options of a convolution: planes, filters, then of rows and columns each kernel,
stride and dilation, then padding and bias; of pooling: planes, then sizes, strides, padding.
"""

import random
import sys

from conv_golden import SAME, VALID, Golden, same_sides


def draw_axis(length, longest, dilations, padding):
    """kernel, stride, dilation and the two sides of padding of a window that fits."""
    while True:
        kernel, stride, dilation = random.randint(1, longest), random.randint(1, 3), random.choice(dilations)
        sides = same_sides(length, kernel, stride, dilation) if padding == SAME else (0, 0)
        if length + sum(sides) >= (kernel - 1) * dilation + 1:
            return kernel, stride, dilation, sides


def with_torch():
    import torch
    import torch.nn.functional as F

    random.seed(21)
    torch.manual_seed(21)
    golden = Golden("conv2d.txt", f"PyTorch {torch.__version__.split('+')[0]}")

    def values(*shape):
        """Three decimals, as float32, as float64."""
        return ((torch.randn(*shape, dtype=torch.float64) * 1000).round() / 1000).float().double()

    def flat(tensor, *order):
        return tensor.detach().permute(*order).contiguous().flatten().tolist()

    def run(name, options, function, x, **parameters):
        """function(x, **parameters), x: n x planes x rows x columns."""
        x.requires_grad_()
        for p in parameters.values():
            p.requires_grad_()
        y = function(x, **parameters)
        dy = values(*y.shape)
        y.backward(dy)
        image = (0, 2, 3, 1)
        tensors = dict(x=flat(x, *image), dy=flat(dy, *image), y=flat(y, *image), dx=flat(x.grad, *image))
        for key, p in parameters.items():
            order = tuple(reversed(range(p.dim())))
            tensors[key] = flat(p, *order)
            tensors["d" + key] = flat(p.grad, *order)
        n, planes, rows, columns = x.shape
        golden.case(name, shape=[n, rows, columns * planes], options=options, **tensors)

    for i in range(120):
        rows, columns, n = random.randint(1, 6), random.randint(1, 6), random.choice([1, 1, 2])
        planes, filters = random.choice([1, 1, 2, 3]), random.choice([1, 2, 3])
        if i % 20 == 0:
            planes, filters = 9, 1
        if i % 20 == 10:
            planes, filters = 1, 17
        padding = random.choice([VALID, SAME])
        kernel, stride, dilation, (top, bottom) = draw_axis(rows, 4, (1, 1, 2), padding)
        kernel_c, stride_c, dilation_c, (left, right) = draw_axis(columns, 4, (1, 1, 2), padding)
        bias = random.random() < 0.7
        parameters = dict(weight=values(filters, planes, kernel, kernel_c))
        if bias:
            parameters["bias"] = values(filters)
        options = [planes, filters, kernel, kernel_c, stride, stride_c, dilation, dilation_c, padding, bias]
        run(f"conv2d_{i}", options,
            lambda x, weight, bias=None: F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias,
                                                  (stride, stride_c), 0, (dilation, dilation_c)),
            values(n, planes, rows, columns), **parameters)

    for i in range(90):
        rows, columns, planes = random.randint(1, 6), random.randint(1, 6), random.choice([1, 1, 2, 3])
        if i % 15 == 0:
            rows, columns, planes = 3, 4, 17
        padding = random.choice([VALID, SAME])
        size, stride, _, (top, bottom) = draw_axis(rows, 3, (1,), padding)
        size_c, stride_c, _, (left, right) = draw_axis(columns, 3, (1,), padding)
        options = [planes, size, size_c, stride, stride_c, padding]
        x = values(1, planes, rows, columns)

        def pad(x, value):
            return F.pad(x, (left, right, top, bottom), value=value)

        def average(x):
            return F.avg_pool2d(pad(x, 0.0), (size, size_c), (stride, stride_c))

        if i % 2 == 0:
            if i % 3 == 0:
                x = x.round()  # with equal values: which one gets the gradient
            run(f"max_pool2d_{i // 2}", options,
                lambda x: F.max_pool2d(pad(x, float("-inf")), (size, size_c), (stride, stride_c)), x)
        else:
            run(f"average_pool2d_{i // 2}", options, lambda x: average(x) / average(torch.ones_like(x)), x)
    golden.write()


def with_keras():
    """Keras's definition of 'same', outputs alone (the gradients follow from the definition)."""
    import numpy as np
    import keras

    random.seed(22)
    rng = np.random.default_rng(22)
    golden = Golden("conv2d_keras.txt", f"Keras {keras.__version__}")
    keras.backend.set_floatx("float64")

    def values(*shape):
        return rng.normal(size=shape).round(3).astype(np.float32).astype(np.float64)

    def run(name, options, layer, rows, columns, planes, **weights):
        x = values(1, rows, columns, planes)
        layer.build(x.shape)
        if weights:
            layer.set_weights(list(weights.values()))
        y = keras.ops.convert_to_numpy(layer(x))
        if weights:  # Keras has rows x columns x in x out, weir columns x rows x in x out, the last running fastest
            weights["weight"] = weights["weight"].transpose(1, 0, 2, 3)
        tensors = {key: w.flatten().tolist() for key, w in weights.items()}
        golden.case(name, shape=[1, rows, columns * planes], options=options, x=x.flatten().tolist(),
                    y=y.flatten().tolist(), **tensors)

    for i in range(24):
        rows, columns = random.randint(2, 6), random.randint(2, 6)
        planes, filters = random.randint(1, 3), random.randint(1, 3)
        kernel, kernel_c = random.randint(1, 4), random.randint(1, 4)
        stride, stride_c = random.randint(1, 3), random.randint(1, 3)
        dilation = random.choice([1, 2]) if stride == stride_c == 1 else 1
        run(f"conv2d_{i}", [planes, filters, kernel, kernel_c, stride, stride_c, dilation, dilation, SAME, 1],
            keras.layers.Conv2D(filters, (kernel, kernel_c), (stride, stride_c), "same", dilation_rate=dilation),
            rows, columns, planes, weight=values(kernel, kernel_c, planes, filters), bias=values(filters))

    for i in range(16):
        rows, columns, planes = random.randint(2, 6), random.randint(2, 6), random.randint(1, 3)
        size, size_c = random.randint(1, 3), random.randint(1, 3)
        stride, stride_c = random.randint(1, 3), random.randint(1, 3)
        for name, kind in [("max", keras.layers.MaxPooling2D), ("average", keras.layers.AveragePooling2D)]:
            run(f"{name}_pool2d_{i}", [planes, size, size_c, stride, stride_c, SAME],
                kind((size, size_c), (stride, stride_c), "same"), rows, columns, planes)
    golden.write()


if __name__ == "__main__":
    {"torch": with_torch, "keras": with_keras}[sys.argv[1]]()

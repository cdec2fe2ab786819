"""Makes conv.txt with PyTorch and conv_keras.txt with Keras:  python conv_golden.py torch|keras

Random configurations of convolution and pooling along time, at tiny extents. Inputs have three decimals and are
taken as float32; outputs and gradients are computed in float64. Form as in make_golden.py; weights as weir has
them: for convolution out x (in / groups) x kernel, the first extent fastest.
"""

import pathlib
import random
import sys

FOLDER = pathlib.Path(__file__).parent
INPUTS = {"x", "dy", "weight", "bias", "depthwise_weight", "pointwise_weight", "p"}
VALID, SAME, CAUSAL, SIDES = range(4)


class Golden:
    def __init__(self, name, maker):
        self.path = FOLDER / name
        self.lines = [f"# Made by conv_golden.py with {maker}"]

    def case(self, name, **tensors):
        self.lines.append(f"case {name}")
        for key, flat in tensors.items():
            digits = "{:.3f}" if key in INPUTS else "{:.8g}"
            self.lines.append(f"{key} {len(flat)} " + " ".join(digits.format(v) for v in flat))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def same_sides(length, kernel, stride, dilation):
    """Padding of Keras's and TensorFlow's 'same'."""
    out = -(-length // stride)
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - length, 0)
    return total // 2, total - total // 2


def with_torch():
    import torch
    import torch.nn.functional as F

    random.seed(11)
    torch.manual_seed(11)
    golden = Golden("conv.txt", f"PyTorch {torch.__version__.split('+')[0]}")

    def values(*shape):
        """Three decimals, as float32, as float64."""
        return ((torch.randn(*shape, dtype=torch.float64) * 1000).round() / 1000).float().double()

    def flat(tensor, *order):
        return tensor.detach().permute(*order).contiguous().flatten().tolist()

    def run(name, options, function, channels, length, n=1, positive=False, **parameters):
        """function(x, **parameters) on n x channels x length; the weights' order is reversed for weir."""
        x = values(n, channels, length)
        if positive:
            x = x.abs()
        x.requires_grad_()
        for p in parameters.values():
            p.requires_grad_()
        y = function(x, **parameters)
        dy = values(*y.shape)
        y.backward(dy)
        tensors = dict(x=flat(x, 0, 2, 1), dy=flat(dy, 0, 2, 1), y=flat(y, 0, 2, 1), dx=flat(x.grad, 0, 2, 1))
        for key, p in parameters.items():
            order = tuple(reversed(range(p.dim())))
            tensors[key] = flat(p, *order)
            tensors["d" + key] = flat(p.grad, *order)
        golden.case(name, shape=[n, length, channels], options=options, **tensors)

    def draw_window(length, longest=5, dilations=(1, 1, 2, 3)):
        """kernel, stride, dilation, padding, left, right of a window that fits."""
        while True:
            kernel, stride, dilation = random.randint(1, longest), random.randint(1, 3), random.choice(dilations)
            extent = (kernel - 1) * dilation + 1
            padding = random.randrange(4)
            sides = {VALID: (0, 0), SAME: same_sides(length, kernel, stride, dilation), CAUSAL: (extent - 1, 0),
                     SIDES: (random.randint(0, 3), random.randint(0, 3))}[padding]
            if length + sum(sides) >= extent:
                return kernel, stride, dilation, padding, *sides

    def given(padding, left, right):
        return [left, right] if padding == SIDES else [0, 0]

    for i in range(110):
        length, n = random.randint(1, 9), random.choice([1, 1, 2])
        groups = random.choice([1, 1, 1, 2, 3])
        channels, filters = groups * random.randint(1, 2), groups * random.randint(1, 2)
        if i % 10 == 0:
            groups, channels, filters = 1, 1, 17
        kernel, stride, dilation, padding, left, right = draw_window(length)
        bias = random.random() < 0.7
        parameters = dict(weight=values(filters, channels // groups, kernel))
        if bias:
            parameters["bias"] = values(filters)
        run(f"conv1d_{i}", [filters, kernel, stride, dilation, groups, padding, *given(padding, left, right), bias],
            lambda x, weight, bias=None: F.conv1d(F.pad(x, (left, right)), weight, bias, stride, 0, dilation, groups),
            channels, length, n, **parameters)

    for i in range(40):
        length, groups = random.randint(1, 6), random.choice([1, 1, 2])
        channels, filters = groups * random.randint(1, 2), groups * random.randint(1, 2)
        while True:
            kernel, stride, dilation = random.randint(1, 5), random.randint(1, 3), random.choice((1, 1, 2))
            padding, more = random.choice([0, 0, 1, 2]), random.randrange(max(stride, dilation))
            if (length - 1) * stride - 2 * padding + (kernel - 1) * dilation + 1 + more > 0:
                break
        bias = random.random() < 0.7
        parameters = dict(weight=values(channels, filters // groups, kernel))
        if bias:
            parameters["bias"] = values(filters)
        mode = VALID if padding == 0 and more == 0 else SIDES
        run(f"conv1d_transpose_{i}", [filters, kernel, stride, dilation, groups, mode, padding, padding, more, bias],
            lambda x, weight, bias=None: F.conv_transpose1d(x, weight, bias, stride, padding, more, groups, dilation),
            channels, length, **parameters)

    for i in range(15):
        length, channels, filters = random.randint(2, 8), random.randint(1, 4), random.randint(1, 4)
        kernel, stride, dilation, padding, left, right = draw_window(length)
        window = [kernel, stride, dilation, padding, *given(padding, left, right)]
        run(f"depthwise_conv1d_{i}", window,
            lambda x, weight, bias: F.conv1d(F.pad(x, (left, right)), weight, bias, stride, 0, dilation, channels),
            channels, length, weight=values(channels, 1, kernel), bias=values(channels))
        run(f"separable_conv1d_{i}", [filters, *window],
            lambda x, depthwise_weight, pointwise_weight, bias: F.conv1d(
                F.conv1d(F.pad(x, (left, right)), depthwise_weight, None, stride, 0, dilation, channels),
                pointwise_weight, bias),
            channels, length, depthwise_weight=values(channels, 1, kernel),
            pointwise_weight=values(filters, channels, 1), bias=values(filters))

    for i in range(60):
        channels, length = random.choice([1, 2, 3, 17]), random.randint(2, 9)
        while True:
            size, stride, ceil = random.randint(1, 4), random.randint(1, 4), random.random() < 0.5
            side = random.randint(0, size // 2)
            if length + 2 * side >= size:
                break
        options = [size, stride, side, ceil]
        if i % 2 == 0:
            run(f"max_pool1d_{i // 2}", options, lambda x: F.max_pool1d(x, size, stride, side, 1, ceil), channels,
                length)
        else:
            counts = random.random() < 0.5
            run(f"average_pool1d_{i // 2}", [*options, counts],
                lambda x: F.avg_pool1d(x, size, stride, side, ceil, counts), channels, length)

    for i in range(10):
        channels, length, out = random.choice([1, 3, 17]), random.randint(2, 9), random.randint(1, 5)
        run(f"adaptive_average_pool1d_{i}", [out], lambda x: F.adaptive_avg_pool1d(x, out), channels, length)
        run(f"global_max_pool1d_{i}", [0], lambda x: x.amax(-1, keepdim=True), channels, length)
        run(f"global_average_pool1d_{i}", [0], lambda x: x.mean(-1, keepdim=True), channels, length)
        epsilon, size = 0.1, channels if i % 2 else 1
        run(f"gem_pool1d_{i}", [epsilon, size],
            lambda x, p: x.clamp(min=epsilon).pow(p[:, None]).mean(-1, keepdim=True).pow(1 / p[:, None]),
            channels, length, positive=i % 3 == 0, p=values(size).abs() + 1.5)
        left, right = random.randint(0, 2), random.randint(0, 2)
        run(f"zero_padding1d_{i}", [left, right], lambda x: F.pad(x, (left, right)), channels, length)
        run(f"cropping1d_{i}", [left, right], lambda x: x[..., left : left + length], channels, length + left + right)
        factor = random.randint(1, 3)
        run(f"up_sampling1d_{i}", [factor], lambda x: x.repeat_interleave(factor, -1), channels, length)
        alpha = random.choice([1.0, 0.5, 2.0])
        run(f"elu_{i}", [alpha], lambda x: F.elu(x, alpha), channels, length)
        run(f"selu_{i}", [0], F.selu, channels, length)
    golden.write()


def with_keras():
    """Keras's definitions of 'same' and 'causal', outputs alone (the gradients follow from the definition)."""
    import numpy as np
    import keras

    random.seed(12)
    rng = np.random.default_rng(12)
    golden = Golden("conv_keras.txt", f"Keras {keras.__version__}")
    keras.backend.set_floatx("float64")

    def values(*shape):
        return rng.normal(size=shape).round(3).astype(np.float32).astype(np.float64)

    def run(name, options, layer, length, channels, **weights):
        x = values(1, length, channels)
        layer.build(x.shape)
        if weights:  # Keras has taps x in x out, the last running fastest: weir's order
            layer.set_weights(list(weights.values()))
        y = keras.ops.convert_to_numpy(layer(x))
        tensors = {key: w.flatten().tolist() for key, w in weights.items()}
        golden.case(name, shape=[1, length, channels], options=options, x=x.flatten().tolist(),
                    y=y.flatten().tolist(), **tensors)

    for i in range(30):
        length, kernel = random.randint(3, 9), random.randint(1, 5)
        channels, filters = random.randint(1, 3), random.randint(1, 3)
        stride, dilation = random.choice([(1, 1), (1, 2), (2, 1), (3, 1)])
        padding = [SAME, CAUSAL][i % 2]
        run(f"conv1d_{i}", [filters, kernel, stride, dilation, 1, padding, 0, 0, 1],
            keras.layers.Conv1D(filters, kernel, stride, ["same", "causal"][i % 2], dilation_rate=dilation),
            length, channels, weight=values(kernel, channels, filters), bias=values(filters))

    for i in range(20):
        length, kernel, stride = random.randint(1, 6), random.randint(1, 5), random.randint(1, 3)
        channels, filters = random.randint(1, 3), random.randint(1, 3)
        same = i % 2 == 0
        if not same:
            kernel = max(kernel, stride)
        # Keras's kernel is taps x out x in; weir's in x out x taps with the first extent fastest: the same order.
        run(f"conv1d_transpose_{i}", [filters, kernel, stride, 1, 1, SAME if same else VALID, 0, 0, 0, 1],
            keras.layers.Conv1DTranspose(filters, kernel, stride, "same" if same else "valid"), length, channels,
            weight=values(kernel, filters, channels), bias=values(filters))

    for i in range(20):
        length, channels = random.randint(2, 9), random.randint(1, 3)
        size, stride = random.randint(1, 4), random.randint(1, 4)
        for name, kind in [("max", keras.layers.MaxPooling1D), ("average", keras.layers.AveragePooling1D)]:
            run(f"{name}_pool1d_{i}", [size, stride], kind(size, stride, "same"), length, channels)
    golden.write()


if __name__ == "__main__":
    {"torch": with_torch, "keras": with_keras}[sys.argv[1]]()

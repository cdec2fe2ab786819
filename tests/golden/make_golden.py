"""Makes layers.txt, losses.txt and optimizers.txt with PyTorch:  python make_golden.py

Inputs are float32 numbers; PyTorch computes in float64, so that what the tests measure is weir's error alone.

One line a case and one a tensor; the last dimension of PyTorch's tensors runs fastest:

    case <name>
    <name> <number of values> <values>

A case of a loss or an optimizer is <kind> or <kind>_<anything>; a tensor with the name of an option is the option.
"""

import contextlib
import pathlib
import zlib

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
torch.manual_seed(20240229)


def values(*shape, scale=1.0):
    """Normal float32 numbers, as float64."""
    return (torch.randn(*shape) * scale).float().double()


@contextlib.contextmanager
def own_seed(name):
    """Numbers of their own, which leave those of all other cases as they are."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(zlib.crc32(name.encode()))
        yield


class Golden:
    def __init__(self, name):
        self.path = FOLDER / name
        self.lines = [f"# Made by make_golden.py with PyTorch {torch.__version__.split('+')[0]}"]

    def case(self, name, **tensors):
        self.lines.append(f"case {name}")
        for key, tensor in tensors.items():
            flat = torch.as_tensor(tensor).detach().contiguous().flatten().tolist()
            self.lines.append(f"{key} {len(flat)} " + " ".join(f"{v:.9g}" for v in flat))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def differentiate(function, x, dy):
    """y = function(x) and dL/dx for L = sum(dy y)."""
    x = x.clone().requires_grad_()
    y = function(x)
    y.backward(dy)
    return y, x.grad


def layers():
    golden = Golden("layers.txt")
    for i, (n, length, inputs, outputs, bias) in enumerate(
        [(3, 1, 5, 4, True), (2, 3, 7, 17, True), (4, 1, 20, 1, True), (3, 2, 18, 3, False), (1, 1, 33, 6, True)]
    ):
        layer = torch.nn.Linear(inputs, outputs, bias=bias).double()
        with torch.no_grad():
            for p in layer.parameters():
                p.copy_(values(*p.shape, scale=0.5))
        x, dy = values(n, length, inputs), values(n, length, outputs)
        y, dx = differentiate(layer, x, dy)
        more = dict(bias=layer.bias, dbias=layer.bias.grad) if bias else {}
        # weir's weights are column-major
        golden.case(f"dense_{i}", shape=[n, length, inputs, outputs], x=x, dy=dy, y=y, dx=dx,
                    weight=layer.weight.T, dweight=layer.weight.grad.T, **more)

    activations = {
        "relu": F.relu,
        "leaky_relu": lambda x: F.leaky_relu(x, 0.01),
        "leaky_relu_steep": lambda x: F.leaky_relu(x, 0.25),
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "gelu": F.gelu,
        "softmax": lambda x: F.softmax(x, dim=-1),
    }
    for name, function in activations.items():
        for i, (n, length, channels, scale) in enumerate([(3, 1, 5, 1.0), (2, 3, 17, 4.0), (2, 1, 33, 1.0)]):
            x, dy = values(n, length, channels, scale=scale), values(n, length, channels)
            y, dx = differentiate(function, x, dy)
            golden.case(f"{name}_{i}", shape=[n, length, channels], x=x, dy=dy, y=y, dx=dx)

    for i, (n, length, channels, momentum, epsilon) in enumerate(
        [(6, 1, 4, 0.1, 1e-5), (2, 5, 3, 0.3, 1e-3), (8, 1, 18, 0.01, 1e-5)]
    ):
        for training in (True, False):
            layer = torch.nn.BatchNorm1d(channels, momentum=momentum, eps=epsilon).double()
            with torch.no_grad():
                layer.weight.copy_(values(channels))
                layer.bias.copy_(values(channels))
                layer.running_mean.copy_(values(channels))
                layer.running_var.copy_(values(channels).abs() + 0.5)
            before = dict(running_mean=layer.running_mean.clone(), running_variance=layer.running_var.clone())
            layer.train(training)
            x, dy = values(n, length, channels, scale=2.0) + values(channels), values(n, length, channels)
            y, dx = differentiate(lambda t: layer(t.transpose(1, 2)).transpose(1, 2), x, dy)
            golden.case(f"batch_norm_{'training' if training else 'inference'}_{i}", shape=[n, length, channels],
                        options=[momentum, epsilon], x=x, dy=dy, y=y, dx=dx, gamma=layer.weight, beta=layer.bias,
                        dgamma=layer.weight.grad, dbeta=layer.bias.grad, **before,
                        new_running_mean=layer.running_mean, new_running_variance=layer.running_var)
    golden.write()


def loss_case(golden, name, item_loss, n, length, channels, scale, weights=None, lengths=None, **tensors):
    """item_loss(z) gives one loss an item, n x length; averaged with the samples' weights, without padding."""
    z = values(n, length, channels, scale=scale).requires_grad_()
    item_weights = torch.ones(n, length, dtype=torch.float64)
    if weights is not None:
        item_weights = item_weights * weights.reshape(n, 1)
    if lengths is not None:
        item_weights = item_weights * torch.tensor([[t < used for t in range(length)] for used in lengths])
    loss = (item_weights * item_loss(z)).sum() / item_weights.sum()
    loss.backward()
    more = {}
    if weights is not None:
        more["weights"] = weights
    if lengths is not None:
        more["lengths"] = lengths
    golden.case(name, shape=[n, length, channels], z=z, loss=[loss.item()], dz=z.grad, **more, **tensors)


def losses():
    golden = Golden("losses.txt")
    shapes = [(5, 1, 4, 1.0, None), (3, 4, 17, 5.0, None), (3, 4, 3, 2.0, [4, 1, 2])]
    for i, (n, length, c, scale, lengths) in enumerate(shapes):
        for weighted in (False, True):
            weights = (values(n).abs() + 0.1).float().double() if weighted else None
            suffix = f"{'_weighted' if weighted else ''}_{i}"
            kwargs = dict(weights=weights, lengths=lengths)

            wanted = values(n, length, c)
            loss_case(golden, "mse" + suffix, lambda z: F.mse_loss(z, wanted, reduction="none").mean(-1),
                      n, length, c, scale, targets=wanted, **kwargs)

            share = torch.rand(n, length, c).float().double()
            loss_case(golden, "binary_crossentropy" + suffix,
                      lambda z: F.binary_cross_entropy_with_logits(z, share, reduction="none").mean(-1),
                      n, length, c, scale, targets=share, **kwargs)

            labels = torch.randint(0, 2, (n, length, 1))
            loss_case(golden, "binary_crossentropy_labels" + suffix,
                      lambda z: F.binary_cross_entropy_with_logits(z, labels.double(), reduction="none").mean(-1),
                      n, length, 1, 4 * scale, labels=labels, **kwargs)

            labels = torch.randint(0, c, (n, length))
            for smoothing in (0.0, 0.1):
                loss_case(golden, f"categorical_crossentropy{'_smoothed' if smoothing else ''}{suffix}",
                          lambda z: F.cross_entropy(z.transpose(1, 2), labels, reduction="none",
                                                    label_smoothing=smoothing),
                          n, length, c, scale, labels=labels, label_smoothing=[smoothing], **kwargs)

            soft = F.softmax(values(n, length, c), dim=-1).float().double()
            loss_case(golden, "categorical_crossentropy_soft" + suffix,
                      lambda z: F.cross_entropy(z.transpose(1, 2), soft.transpose(1, 2), reduction="none"),
                      n, length, c, scale, targets=soft, **kwargs)

    with own_seed("huber"):
        for i, (n, length, c, scale, lengths) in enumerate(shapes):
            for weighted in (False, True):
                weights, wanted = (values(n).abs() + 0.1).float().double() if weighted else None, values(n, length, c)
                loss_case(golden, f"huber{'_weighted' if weighted else ''}_{i}",
                          lambda z: F.huber_loss(z, wanted, reduction="none", delta=0.5 + i).mean(-1),
                          n, length, c, scale, targets=wanted, delta=[0.5 + i], weights=weights, lengths=lengths)

    # Class weights, with PyTorch's own weighted mean.
    n, c = 7, 3
    class_weights, labels = torch.tensor([0.25, 1.0, 3.5], dtype=torch.float64), torch.randint(0, c, (n,))
    z = values(n, c).requires_grad_()
    loss = F.cross_entropy(z, labels, weight=class_weights)
    loss.backward()
    golden.case("categorical_crossentropy_class_weights", shape=[n, 1, c], z=z, loss=[loss.item()], dz=z.grad, labels=labels,
                label_smoothing=[0.0], weights=class_weights[labels])
    golden.write()


def optimizers():
    golden = Golden("optimizers.txt")
    x, labels = values(16, 6), torch.randint(0, 3, (16,))
    start = [values(8, 6, scale=0.4), values(8, scale=0.1), values(3, 8, scale=0.4), values(3, scale=0.1)]
    golden.case("data", x=x, labels=labels, w0=start[0].T, b0=start[1], w1=start[2].T, b1=start[3])

    def run(name, make, clip=None, **options):
        """`make` gives PyTorch's optimizer of weights and biases, `options` say the same in weir's words."""
        w0, b0, w1, b1 = [p.clone().requires_grad_() for p in start]
        optimizer = make([w0, w1], [b0, b1])
        results = {key: torch.tensor([float(value)], dtype=torch.float64) for key, value in options.items()}
        if clip is not None:
            results["clip"] = [clip]
        for step in range(1, 101):
            optimizer.zero_grad()
            F.cross_entropy(torch.tanh(x @ w0.T + b0) @ w1.T + b1, labels).backward()
            if clip is not None:
                torch.nn.utils.clip_grad_norm_([w0, b0, w1, b1], clip)
            optimizer.step()
            if step in (1, 10, 100):
                results.update({f"w0_{step}": w0.T.clone(), f"b0_{step}": b0.clone(), f"w1_{step}": w1.T.clone(),
                                f"b1_{step}": b1.clone()})
        golden.case(name, **results)

    def groups(weights, biases, decay):
        return [{"params": weights, "weight_decay": decay}, {"params": biases, "weight_decay": 0.0}]

    o = torch.optim
    run("sgd", lambda w, b: o.SGD(w + b, lr=0.1), learning_rate=0.1)
    run("sgd_momentum", lambda w, b: o.SGD(w + b, lr=0.05, momentum=0.9), learning_rate=0.05, momentum=0.9)
    run("sgd_nesterov", lambda w, b: o.SGD(w + b, lr=0.05, momentum=0.9, nesterov=True),
        learning_rate=0.05, momentum=0.9, nesterov=True)
    run("sgd_decay", lambda w, b: o.SGD(groups(w, b, 0.02), lr=0.05, momentum=0.9),
        learning_rate=0.05, momentum=0.9, weight_decay=0.02)
    run("sgd_clipped", lambda w, b: o.SGD(w + b, lr=0.1), clip=0.25, learning_rate=0.1)
    run("adam", lambda w, b: o.Adam(w + b, lr=0.01), learning_rate=0.01)
    run("adam_betas", lambda w, b: o.Adam(w + b, lr=0.003, betas=(0.8, 0.95), eps=1e-4),
        learning_rate=0.003, beta1=0.8, beta2=0.95, epsilon=1e-4)
    run("adam_decay", lambda w, b: o.Adam(groups(w, b, 0.02), lr=0.01), learning_rate=0.01, weight_decay=0.02)
    run("adamw", lambda w, b: o.AdamW(groups(w, b, 0.05), lr=0.01), learning_rate=0.01, weight_decay=0.05)
    run("rmsprop", lambda w, b: o.RMSprop(w + b, lr=0.003), learning_rate=0.003)
    run("rmsprop_momentum", lambda w, b: o.RMSprop(w + b, lr=0.0005, alpha=0.9, eps=1e-4, momentum=0.8),
        learning_rate=0.0005, alpha=0.9, epsilon=1e-4, momentum=0.8)
    run("rmsprop_centred", lambda w, b: o.RMSprop(groups(w, b, 0.02), lr=0.003, eps=1e-3, centered=True),
        learning_rate=0.003, epsilon=1e-3, centred=True, weight_decay=0.02)
    run("rmsprop_all", lambda w, b: o.RMSprop(groups(w, b, 0.02), lr=0.0005, eps=1e-3, momentum=0.8, centered=True),
        learning_rate=0.0005, epsilon=1e-3, momentum=0.8, centred=True, weight_decay=0.02)
    golden.write()


if __name__ == "__main__":
    layers()
    losses()
    optimizers()

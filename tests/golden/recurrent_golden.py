"""Makes recurrent.txt with PyTorch:  python recurrent_golden.py

Inputs are float32 numbers; PyTorch computes in float64. LSTM, GRU (reset_after) and the simple network are PyTorch's
own modules, with lengths through packed sequences. What PyTorch has no module for (peepholes, the GRU of the paper, minGRU,
Elman's and Jordan's output, a learned state of which the gradient is wanted) is written out in the formulas of the
layers' headers and differentiated by PyTorch.

One line a case and one a tensor, as make_golden.py; numbers with 7 digits, which is what a float32 needs here. Tensors
are in weir's layout: weights column-major, sequences with channels fastest, then time, then sample.
"""

import pathlib
import random

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FILE = pathlib.Path(__file__).parent / "recurrent.txt"
torch.manual_seed(20240301)
random.seed(20240301)
torch.set_default_dtype(torch.float64)
RETURNS = ("last", "sequence", "state")
ACTIVATIONS = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda v: v}


def values(*shape, scale=1.0):
    """Normal numbers of few digits, exact in float32."""
    return (torch.randn(*shape) * scale * 8).round() / 8


def weights(*shape):
    """Small enough that a recurrence does not amplify its rounding errors."""
    return values(*shape, scale=0.5 if shape[-1] < 10 else 0.25)


def parameter(*shape):
    return weights(*shape).requires_grad_()


class Golden:
    def __init__(self):
        self.lines = [f"# Made by recurrent_golden.py with PyTorch {torch.__version__.split('+')[0]}"]

    def case(self, name, **tensors):
        self.lines.append(f"case {name}")
        for key, tensor in tensors.items():
            flat = torch.as_tensor(tensor).detach().contiguous().flatten().tolist()
            self.lines.append(f"{key} {len(flat)} " + " ".join(f"{v:.7g}" for v in flat))

    def write(self):
        FILE.write_text("\n".join(self.lines) + "\n")


golden = Golden()


def sizes():
    """Samples, steps, input channels, units; lengths, one of which is that of the batch."""
    n, length, inputs, units = (random.randint(1, 3), random.randint(1, 4), random.randint(1, 3), random.randint(1, 3))
    if random.random() < 0.04:
        units = 17  # more than one register
        inputs = 1
    lengths = [random.randint(1, length) for _ in range(n)]
    lengths[random.randrange(n)] = length
    return n, length, inputs, units, lengths


def emit(name, numbers, lengths, returns, x, outputs, final, parameters):
    """outputs: a list of steps for each sample; final: what 'state' gives for each sample."""
    n, length = x.shape[0], x.shape[1]
    if returns == "sequence":
        rows = outputs[0][0].shape[0]
        y = torch.stack([torch.cat([torch.stack(o), torch.zeros(length - len(o), rows)]) for o in outputs])
    elif returns == "last":
        y = torch.stack([o[-1] for o in outputs])
    else:
        y = torch.stack(final)
    dy = values(*y.shape)
    if returns == "sequence":
        for i, used in enumerate(lengths):
            dy[i, used:] = 0
    (y * dy).sum().backward()
    tensors = {"shape": [n, length, x.shape[2]], "numbers": numbers, "lengths": lengths, "x": x, "dy": dy, "y": y,
               "dx": x.grad}
    for key, p in parameters.items():
        grad = torch.zeros_like(p) if p.grad is None else p.grad
        tensors[key], tensors["d" + key] = (p.mT, grad.mT) if p.dim() == 2 else (p, grad)
    golden.case(name, **tensors)


def by_module(module, x, lengths):
    """Outputs of a PyTorch module for each sample, a list of steps; and its final states."""
    packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    out, state = module(packed)
    out, _ = pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    return [[out[i, t] for t in range(used)] for i, used in enumerate(lengths)], state


def module_case(name, kind, returns, numbers):
    n, length, inputs, units, lengths = sizes()
    both = kind.endswith("bidirectional")
    make = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind.split("_")[0]]
    module = make(inputs, units, batch_first=True, bidirectional=both)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(weights(*p.shape))
    x = values(n, length, inputs, scale=0.5).requires_grad_()
    outputs, state = by_module(module, x, lengths)
    if both and returns == "last":
        outputs = [[torch.cat([o[-1][:units], o[0][units:]])] for o in outputs]
    hidden = state[0] if isinstance(state, tuple) else state
    final = [torch.cat([hidden[0, i], state[1][0, i]]) if isinstance(state, tuple) else hidden[0, i] for i in range(n)]
    parameters, joined = {}, []
    for suffix, prefix in (("", ""), ("_reverse", "other_"))[: 2 if both else 1]:
        w, u = getattr(module, f"weight_ih_l0{suffix}"), getattr(module, f"weight_hh_l0{suffix}")
        parameters[prefix + "weight"], parameters[prefix + "recurrent_weight"] = w, u
        joined.append((prefix, getattr(module, f"bias_ih_l0{suffix}"), getattr(module, f"bias_hh_l0{suffix}")))
    # weir has one bias where PyTorch has two that add up
    gathered = {}

    def add_biases():
        for prefix, b, c in joined:
            if kind.startswith("gru"):
                total = torch.cat([b[: 2 * units] + c[: 2 * units], b[2 * units:]])
                gathered[prefix + "bias"] = (total, b.grad)
                gathered[prefix + "recurrent_bias"] = (c[2 * units:], c.grad[2 * units:])
            else:
                gathered[prefix + "bias"] = (b + c, b.grad)

    class Late(dict):
        """Parameters with the joined biases, which have a gradient only after backward."""

        def items(self):
            add_biases()
            yield from super().items()
            for key, (value, grad) in gathered.items():
                value = value.detach()
                value.grad = grad
                yield key, value

    emit(name, [units] + numbers, lengths, returns, x, outputs, final, Late(parameters))


def loop(x, lengths, start, step):
    """Runs step(x_t, state) -> state, output; samples one by one."""
    outputs, final = [], []
    for i, used in enumerate(lengths):
        state, steps = start, []
        for t in range(used):
            state, out = step(x[i, t], state)
            steps.append(out)
        outputs.append(steps)
        final.append(torch.cat(state))
    return outputs, final


def lstm_case(name, returns, peephole, learned):
    n, length, inputs, units, lengths = sizes()
    x = values(n, length, inputs, scale=0.5).requires_grad_()
    w, u, b = parameter(4 * units, inputs), parameter(4 * units, units), parameter(4 * units)
    p, h0, c0 = parameter(3, units), parameter(units), parameter(units)
    parameters = {"weight": w, "recurrent_weight": u, "bias": b}
    if peephole:
        parameters["peephole"] = p.reshape(-1)
        parameters["peephole"].retain_grad()
    if learned:
        parameters |= {"initial_state": h0, "initial_cell": c0}
    pi, pf, po = parameters["peephole"].reshape(3, units) if peephole else torch.zeros(3, units)

    def step(v, state):
        h, c = state
        i, f, g, o = (w @ v + u @ h + b).chunk(4)
        c_next = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
        h_next = torch.sigmoid(o + po * c_next) * torch.tanh(c_next)
        return (h_next, c_next), h_next

    start = (h0, c0) if learned else (torch.zeros(units), torch.zeros(units))
    outputs, final = loop(x, lengths, start, step)
    emit(name, [units, RETURNS.index(returns), int(peephole), int(learned)], lengths, returns, x, outputs, final,
         parameters)


def gru_case(name, returns, reset_after, learned):
    n, length, inputs, units, lengths = sizes()
    x = values(n, length, inputs, scale=0.5).requires_grad_()
    w, u, b = parameter(3 * units, inputs), parameter(3 * units, units), parameter(3 * units)
    second, h0 = parameter(units), parameter(units)
    parameters = {"weight": w, "recurrent_weight": u, "bias": b}
    if reset_after:
        parameters["recurrent_bias"] = second
    if learned:
        parameters["initial_state"] = h0

    def step(v, state):
        (h,) = state
        xr, xz, xn = (w @ v + b).chunk(3)
        ur, uz, un = u.chunk(3)
        r, z = torch.sigmoid(xr + ur @ h), torch.sigmoid(xz + uz @ h)
        new = torch.tanh(xn + r * (un @ h + second) if reset_after else xn + un @ (r * h))
        h = (1 - z) * new + z * h
        return (h,), h

    outputs, final = loop(x, lengths, (h0 if learned else torch.zeros(units),), step)
    emit(name, [units, RETURNS.index(returns), int(reset_after), int(learned)], lengths, returns, x, outputs,
         final, parameters)


def simple_case(name, returns, activation, outputs_count, output_activation, jordan, learned):
    n, length, inputs, units, lengths = sizes()
    width = outputs_count if jordan else units
    x = values(n, length, inputs, scale=0.5).requires_grad_()
    w, u, b = parameter(units, inputs), parameter(units, width), parameter(units)
    v, c, s0 = parameter(max(outputs_count, 1), units), parameter(max(outputs_count, 1)), parameter(width)
    parameters = {"weight": w, "recurrent_weight": u, "bias": b}
    if outputs_count:
        parameters |= {"output_weight": v, "output_bias": c}
    if learned:
        parameters["initial_state"] = s0
    f, g = ACTIVATIONS[activation], ACTIVATIONS[output_activation]

    def step(value, state):
        h = f(w @ value + u @ state[0] + b)
        y = g(v @ h + c) if outputs_count else h
        return (y if jordan else h,), y

    outputs, final = loop(x, lengths, (s0 if learned else torch.zeros(width),), step)
    names = list(ACTIVATIONS)
    emit(name, [units, RETURNS.index(returns), names.index(activation), outputs_count, names.index(output_activation),
                int(jordan), int(learned)], lengths, returns, x, outputs, final, parameters)


def min_gru_case(name, returns, learned):
    n, length, inputs, units, lengths = sizes()
    x = values(n, length, inputs, scale=0.5).requires_grad_()
    w, b, h0 = parameter(2 * units, inputs), parameter(2 * units), parameter(units)
    parameters = {"weight": w, "bias": b}
    if learned:
        parameters["initial_state"] = h0

    def step(v, state):
        gate, candidate = (w @ v + b).chunk(2)
        z = torch.sigmoid(gate)
        h = (1 - z) * state[0] + z * candidate
        return (h,), h

    outputs, final = loop(x, lengths, (h0 if learned else torch.zeros(units),), step)
    emit(name, [units, RETURNS.index(returns), int(learned)], lengths, returns, x, outputs, final, parameters)


def main():
    for i in range(30):
        returns = RETURNS[i % 3]
        for kind in ("lstm", "gru", "rnn"):
            module_case(f"torch_{kind}_{i}", kind, returns, [RETURNS.index(returns)])
    for i in range(12):
        returns = RETURNS[i % 2]
        for kind in ("lstm", "gru", "rnn"):
            module_case(f"torch_{kind}_bidirectional_{i}", f"{kind}_bidirectional", returns, [RETURNS.index(returns)])
    for i in range(24):
        lstm_case(f"lstm_{i}", RETURNS[i % 3], i % 4 < 3, i % 2 == 1)
        gru_case(f"gru_{i}", RETURNS[i % 3], i % 4 == 0, i % 2 == 1)
    names = list(ACTIVATIONS)
    for i in range(36):
        outputs = (i // 2) % 4
        simple_case(f"simple_{i}", RETURNS[i % 3], names[i % 4], outputs, names[(i // 3) % 4],
                    outputs > 0 and i % 2 == 1, i % 5 < 2)
    for i in range(24):
        min_gru_case(f"min_gru_{i}", RETURNS[i % 3], i % 2 == 1)
    golden.write()


main()

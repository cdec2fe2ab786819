"""Makes attention.txt with PyTorch:  python attention_golden.py

Layers that attention nets are made of, on random configurations: layer norm, embedding, positional encoding,
multi-head attention, encoder blocks. The form of the file is that of make_golden.py. Samples of unequal length
go through PyTorch one by one, each cut to its length; what is behind is zero in y and dx.

Inputs and parameters are multiples of 1/32, exact in float32; PyTorch computes in float64.
"""

import math
import pathlib
import random

import torch
import torch.nn.functional as F

random.seed(20240301)
torch.manual_seed(20240301)
torch.set_default_dtype(torch.float64)

lines = [f"# Made by attention_golden.py with PyTorch {torch.__version__.split('+')[0]}"]


def values(*shape, scale=1.0):
    return (torch.randn(*shape) * scale * 32).round() / 32


def case(name, **tensors):
    lines.append(f"case {name}")
    for key, tensor in tensors.items():
        flat = torch.as_tensor(tensor).detach().contiguous().flatten().tolist()
        lines.append(f"{key} {len(flat)} " + " ".join(f"{v:.7g}" for v in flat))


def draw(module, scale=0.4):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(values(*p.shape, scale=scale))


def shape_of(i, most_length=5):
    """Samples, steps, and their lengths, all full in every other configuration."""
    n, length = random.randint(1, 3), random.randint(1, most_length)
    lengths = [length] * n if i % 2 else [random.randint(0, length) for _ in range(n)]
    return n, length, lengths


def run(function, x, dy, lengths):
    """y and dx of samples of unequal lengths, zero behind them; gradients of parameters add up."""
    y, dx = torch.zeros_like(dy), torch.zeros_like(x)
    for s, used in enumerate(lengths):
        dy[s, used:] = 0
        if used == 0:
            continue
        part = x[s : s + 1, :used].clone().requires_grad_()
        out = function(part)
        out.backward(dy[s : s + 1, :used])
        y[s, :used], dx[s, :used] = out[0].detach(), part.grad[0]
    return dict(x=x, dy=dy, y=y, dx=dx)


def gradient(p):
    return torch.zeros_like(p) if p.grad is None else p.grad


def layer_norms(count):
    for i in range(count):
        n, length, c = random.randint(1, 3), random.randint(1, 3), random.choice([3, 4, 5, 8, 11, 17])
        epsilon = random.choice([1e-5, 1e-3, 0.1])
        layer = torch.nn.LayerNorm(c, eps=epsilon)
        draw(layer)
        x, dy = values(n, length, c, scale=2.0) + values(c), values(n, length, c)
        results = run(layer, x, dy, [length] * n)
        case(f"layer_norm_{i}", shape=[n, length, c], epsilon=[epsilon], gamma=layer.weight, beta=layer.bias,
             dgamma=layer.weight.grad, dbeta=layer.bias.grad, **results)


def embeddings(count):
    for i in range(count):
        n, length, c = random.randint(1, 3), random.randint(1, 4), random.randint(1, 2)
        vocabulary, dimension = random.randint(2, 7), random.randint(1, 5)
        padding = random.choice([None, 0, vocabulary - 1])
        layer = torch.nn.Embedding(vocabulary, dimension, padding_idx=padding)
        with torch.no_grad():
            layer.weight.copy_(values(vocabulary, dimension))
            if padding is not None:
                layer.weight[padding] = 0
        codes, dy = torch.randint(0, vocabulary, (n, length, c)), values(n, length, c * dimension)
        y = layer(codes).reshape(n, length, c * dimension)
        y.backward(dy)
        case(f"embedding_{i}", shape=[n, length, c, vocabulary, dimension],
             padding=[-1 if padding is None else padding], x=codes, dy=dy, y=y, dx=torch.zeros(n, length, c),
             weight=layer.weight, dweight=layer.weight.grad)


def encodings(count):
    for i in range(count):
        c, length = random.randint(1, 9), random.choice([1, 3, 20])
        waves = torch.zeros(length, c)
        for t in range(length):
            for k in range(c):
                angle = t / 10000 ** (2 * (k // 2) / c)
                waves[t, k] = math.sin(angle) if k % 2 == 0 else math.cos(angle)
        case(f"positional_encoding_{i}", shape=[length, c], y=waves)


def attentions(count):
    for i in range(count):
        n, length, lengths = shape_of(i)
        heads, width = random.randint(1, 3), random.randint(1, 3)
        c, causal, bias = heads * width, random.random() < 0.5, random.random() < 0.7
        layer = torch.nn.MultiheadAttention(c, heads, bias=bias, batch_first=True)
        draw(layer)

        def function(x):
            steps = x.shape[1]
            mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1) if causal else None
            return layer(x, x, x, attn_mask=mask, need_weights=False)[0]

        results = run(function, values(n, length, c), values(n, length, c), lengths)
        parameters = dict(in_weight=layer.in_proj_weight, out_weight=layer.out_proj.weight)
        if bias:
            parameters.update(in_bias=layer.in_proj_bias, out_bias=layer.out_proj.bias)
        written = {}
        for name, p in parameters.items():  # weir's weights are column-major
            written[name], written["d" + name] = p.t(), gradient(p).t()
        case(f"attention_{i}", shape=[n, length, c], lengths=lengths, options=[heads, causal, bias], **written,
             **results)


def encoders(count):
    for i in range(count):
        n, length, lengths = shape_of(i, 4)
        heads, width = random.randint(1, 2), random.randint(1, 6)
        c = heads * random.randint(3 if heads == 1 else 2, 4 if heads == 1 else 2)
        causal, before, gelu = (random.random() < 0.5 for _ in range(3))
        layer = torch.nn.TransformerEncoderLayer(c, heads, width, 0.0, activation=F.gelu if gelu else F.relu,
                                                 layer_norm_eps=1e-3, batch_first=True, norm_first=before)
        draw(layer)

        def function(x):
            steps = x.shape[1]
            mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1) if causal else None
            return layer(x, src_mask=mask)

        results = run(function, values(n, length, c), values(n, length, c), lengths)
        parameters = {
            "0.gamma": layer.norm1.weight, "0.beta": layer.norm1.bias,
            "1.in_weight": layer.self_attn.in_proj_weight, "1.in_bias": layer.self_attn.in_proj_bias,
            "1.out_weight": layer.self_attn.out_proj.weight, "1.out_bias": layer.self_attn.out_proj.bias,
            "2.gamma": layer.norm2.weight, "2.beta": layer.norm2.bias,
            "3.weight": layer.linear1.weight, "3.bias": layer.linear1.bias,
            "4.weight": layer.linear2.weight, "4.bias": layer.linear2.bias,
        }
        written = {}
        for name, p in parameters.items():
            written[name], written["d" + name] = p.t(), gradient(p).t()
        case(f"encoder_{i}", shape=[n, length, c, width], lengths=lengths,
             options=[heads, causal, before, gelu], **written, **results)


layer_norms(40)
embeddings(20)
encodings(15)
attentions(100)
encoders(30)
(pathlib.Path(__file__).parent / "attention.txt").write_text("\n".join(lines) + "\n")

"""Times of PyTorch and of ONNX Runtime (fed with the PyTorch net) as JSON on standard output; see run.sh."""

import contextlib
import json
import logging
import os
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
ROWS = 32_000


def mlp():
    return nn.Sequential(nn.Linear(100, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))


def ae():
    return nn.Sequential(nn.Linear(115, 86), nn.Sigmoid(), nn.Linear(86, 115), nn.Sigmoid())


class LastStep(nn.Module):
    """A recurrent layer of 64 units over 8 features; two logits from its last step."""

    def __init__(self, kind):
        super().__init__()
        self.recurrent = kind(8, 64, batch_first=True)
        self.out = nn.Linear(64, 2)

    def forward(self, x):
        return self.out(self.recurrent(x)[0][:, -1])


def cnn():
    return nn.Sequential(nn.Conv1d(1, 32, 25, padding="same"), nn.ReLU(), nn.MaxPool1d(3),
                         nn.Conv1d(32, 64, 25, padding="same"), nn.ReLU(), nn.MaxPool1d(3), nn.Flatten(),
                         nn.Linear(5568, 1024), nn.ReLU(), nn.Linear(1024, 12))


SEQUENCES = (("lstm", lambda: LastStep(nn.LSTM), (30, 8), 2048, 2, 4000),
             ("gru", lambda: LastStep(nn.GRU), (30, 8), 2048, 2, 4000), ("cnn", cnn, (1, 784), 512, 12, 320))


def best_epoch(net, loss, x, y, batch, epochs=5):
    """Samples a second of the best epoch."""
    adam = torch.optim.Adam(net.parameters())
    best = 0.0
    for _ in range(epochs):
        begin = time.process_time()
        for rows in torch.randperm(len(x)).split(batch):
            adam.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            adam.step()
        best = max(best, len(x) / (time.process_time() - begin))
    return best


def microseconds(call, batch, samples=20_000):
    """Microseconds a sample, best of 7 repetitions."""
    calls = max(samples // batch, 20)
    best = float("inf")
    for _ in range(7):
        begin = time.process_time()
        for _ in range(calls):
            call()
        best = min(best, time.process_time() - begin)
    return 1e6 * best / (calls * batch)


def onnx_session(net, shape, folder):
    path = os.path.join(folder, "net.onnx")
    with contextlib.redirect_stdout(sys.stderr):
        torch.onnx.export(net, (torch.zeros(2, *shape),), path, input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, dynamo=False)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main():
    torch_times, onnx_times = {}, {}
    x100, x115 = torch.rand(ROWS, 100), torch.rand(ROWS, 115)
    labels = torch.randint(0, 2, (ROWS, 1)).float()
    for batch in (32, 256):
        torch_times[f"mlp train {batch}"] = best_epoch(mlp(), nn.BCEWithLogitsLoss(), x100, labels, batch)
        torch_times[f"ae train {batch}"] = best_epoch(ae(), nn.MSELoss(), x115, x115, batch)
    for name, make, shape, rows, classes, _ in SEQUENCES:
        x, y = torch.rand(rows, *shape), torch.randint(0, classes, (rows,))
        for batch in (32, 256):
            torch_times[f"{name} train {batch}"] = best_epoch(make(), nn.CrossEntropyLoss(), x, y, batch)
    nets = [("mlp", nn.Sequential(mlp(), nn.Sigmoid()), (100,), (1, 32, 1024), 20_000),
            ("ae", ae(), (115,), (1, 32, 1024), 20_000)]
    nets += [(name, nn.Sequential(make(), nn.Softmax(-1)), shape, (1, 32), samples)
             for name, make, shape, _, _, samples in SEQUENCES]
    for name, net, shape, batches, samples in nets:
        net.eval()
        with tempfile.TemporaryDirectory() as folder:
            session = onnx_session(net, shape, folder)
            for batch in batches:
                x = torch.rand(batch, *shape)
                feed = {"x": np.ascontiguousarray(x.numpy())}
                with torch.inference_mode():
                    torch_times[f"{name} infer {batch}"] = microseconds(lambda: net(x), batch, samples)
                onnx_times[f"{name} infer {batch}"] = microseconds(lambda: session.run(None, feed), batch, samples)
    json.dump({f"PyTorch {torch.__version__.split('+')[0]}": torch_times,
               f"ONNX Runtime {ort.__version__}": onnx_times}, sys.stdout)


main()

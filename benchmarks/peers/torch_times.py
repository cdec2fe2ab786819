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


def best_epoch(net, loss, x, y, batch, epochs=5):
    """Samples a second of the best epoch."""
    adam = torch.optim.Adam(net.parameters())
    best = 0.0
    for _ in range(epochs):
        begin = time.process_time()
        for rows in torch.randperm(ROWS).split(batch):
            adam.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            adam.step()
        best = max(best, ROWS / (time.process_time() - begin))
    return best


def microseconds(call, batch):
    """Microseconds a sample, best of 7 repetitions."""
    calls = max(20_000 // batch, 20)
    best = float("inf")
    for _ in range(7):
        begin = time.process_time()
        for _ in range(calls):
            call()
        best = min(best, time.process_time() - begin)
    return 1e6 * best / (calls * batch)


def onnx_session(net, features, folder):
    path = os.path.join(folder, "net.onnx")
    with contextlib.redirect_stdout(sys.stderr):
        torch.onnx.export(net, (torch.zeros(2, features),), path, input_names=["x"], output_names=["y"],
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
    for name, net, features in (("mlp", nn.Sequential(mlp(), nn.Sigmoid()), 100), ("ae", ae(), 115)):
        net.eval()
        with tempfile.TemporaryDirectory() as folder:
            session = onnx_session(net, features, folder)
            for batch in (1, 32, 1024):
                x = torch.rand(batch, features)
                feed = {"x": np.ascontiguousarray(x.numpy())}
                with torch.inference_mode():
                    torch_times[f"{name} infer {batch}"] = microseconds(lambda: net(x), batch)
                onnx_times[f"{name} infer {batch}"] = microseconds(lambda: session.run(None, feed), batch)
    json.dump({f"PyTorch {torch.__version__.split('+')[0]}": torch_times,
               f"ONNX Runtime {ort.__version__}": onnx_times}, sys.stdout)


main()

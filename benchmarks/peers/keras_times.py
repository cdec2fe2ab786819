"""Times of Keras on TensorFlow as JSON on standard output; see run.sh."""

import json
import os
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
ROWS = 32_000


def mlp():
    return keras.Sequential([keras.Input((100,)), keras.layers.Dense(64, activation="relu"),
                             keras.layers.Dense(32, activation="relu"),
                             keras.layers.Dense(1, activation="sigmoid")])


def ae():
    return keras.Sequential([keras.Input((115,)), keras.layers.Dense(86, activation="sigmoid"),
                             keras.layers.Dense(115, activation="sigmoid")])


def recurrent(layer):
    return keras.Sequential([keras.Input((30, 8)), layer(64), keras.layers.Dense(2, activation="softmax")])


def cnn():
    layers = keras.layers
    return keras.Sequential([keras.Input((784, 1)), layers.Conv1D(32, 25, padding="same", activation="relu"),
                             layers.MaxPooling1D(3), layers.Conv1D(64, 25, padding="same", activation="relu"),
                             layers.MaxPooling1D(3), layers.Flatten(), layers.Dense(1024, activation="relu"),
                             layers.Dense(12, activation="softmax")])


SEQUENCES = (("lstm", lambda: recurrent(keras.layers.LSTM), (30, 8), 2048, 2, 1000),
             ("gru", lambda: recurrent(keras.layers.GRU), (30, 8), 2048, 2, 1000),
             ("cnn", cnn, (784, 1), 512, 12, 100))


class EpochTimes(keras.callbacks.Callback):
    def __init__(self, rows):
        super().__init__()
        self.rows = rows
        self.best = 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.begin = time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        self.best = max(self.best, self.rows / (time.process_time() - self.begin))


def best_epoch(net, loss, x, y, batch):
    times = EpochTimes(len(x))
    net.compile(optimizer=keras.optimizers.Adam(), loss=loss)
    net.fit(x, y, batch_size=batch, epochs=5, shuffle=True, verbose=0, callbacks=[times])
    return times.best


def microseconds(net, x, samples=2_000):
    """Microseconds a sample of a compiled call, best of 7 repetitions."""
    call = tf.function(lambda v: net(v, training=False), input_signature=[tf.TensorSpec(x.shape, tf.float32)])
    value = tf.constant(x)
    call(value)
    calls = max(samples // len(x), 20)
    best = float("inf")
    for _ in range(7):
        begin = time.process_time()
        for _ in range(calls):
            call(value)
        best = min(best, time.process_time() - begin)
    return 1e6 * best / (calls * len(x))


def main():
    rng = np.random.default_rng(1)
    x100 = rng.random((ROWS, 100), dtype=np.float32)
    x115 = rng.random((ROWS, 115), dtype=np.float32)
    labels = rng.integers(0, 2, (ROWS, 1)).astype(np.float32)
    times = {}
    for batch in (32, 256):
        times[f"mlp train {batch}"] = best_epoch(mlp(), "binary_crossentropy", x100, labels, batch)
        times[f"ae train {batch}"] = best_epoch(ae(), "mean_squared_error", x115, x115, batch)
    for name, net, features in (("mlp", mlp(), 100), ("ae", ae(), 115)):
        for batch in (1, 32, 1024):
            times[f"{name} infer {batch}"] = microseconds(net, rng.random((batch, features), dtype=np.float32))
    for name, make, shape, rows, classes, samples in SEQUENCES:
        x, y = rng.random((rows, *shape), dtype=np.float32), rng.integers(0, classes, rows)
        for batch in (32, 256):
            times[f"{name} train {batch}"] = best_epoch(make(), "sparse_categorical_crossentropy", x, y, batch)
        for batch in (1, 32):
            times[f"{name} infer {batch}"] = microseconds(make(), x[:batch], samples)
    json.dump({f"Keras {keras.__version__} (TensorFlow {tf.__version__})": times}, sys.stdout)


main()

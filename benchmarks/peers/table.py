"""Joins the times of weir and of its peers: a markdown table on standard output, all numbers in a JSON file.

usage: table.py out.json weir.json peer.json...
"""

import json
import sys


def main():
    out, weir_path, *peer_paths = sys.argv[1:]
    with open(weir_path) as file:
        times = {"weir": json.load(file)}
    for path in peer_paths:
        with open(path) as file:
            times.update(json.load(file))
    with open(out, "w") as file:
        json.dump(times, file, indent=2)
        file.write("\n")

    own = times["weir"]
    peers = [name for name in times if name != "weir"]
    print("| net, batch | unit | weir | " + " | ".join(peers) + " |")
    print("|---|---|---" + "|---" * len(peers) + "|")
    for case, value in own.items():
        training = " train " in case
        cells = []
        for peer in peers:
            other = times[peer].get(case.replace(" (static)", ""))
            if other is None:
                cells.append("–")
            elif training:
                cells.append(f"{other:,.0f} (weir is {value / other:.1f} x)")
            else:
                cells.append(f"{other:.3g} (weir is {other / value:.1f} x)")
        unit = "samples/s" if training else "us a sample"
        mine = f"{value:,.0f}" if training else f"{value:.3g}"
        print(f"| {case} | {unit} | {mine} | " + " | ".join(cells) + " |")


main()

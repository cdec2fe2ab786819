"""Runs flow meters on one capture, one after the other, all processes of each on one core, and prints a table.

usage: race.py repetitions capture.pcap name=command...       {} in a command is the capture

Each line is of the repetition with the least processor time, which is that of all processes of a meter and
leaves out what other programs on the machine took; memory is the largest resident size of any one process.
Speeds count the frames in the file.
"""

import os
import shlex
import struct
import subprocess
import sys
import time


def packets_of(path):
    """Frames of a pcap file in this machine's byte order."""
    count = 0
    with open(path, "rb") as file:
        file.seek(24)
        while header := file.read(16):
            file.seek(struct.unpack("=IIII", header)[2], os.SEEK_CUR)
            count += 1
    return count


def run(command):
    """Processor seconds, elapsed seconds, MiB."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{shlex.join(command)}: status {status}: {errors.decode(errors='replace')[-500:]}")
    return usage.ru_utime + usage.ru_stime, elapsed, usage.ru_maxrss / 1024


def main():
    repetitions, capture = int(sys.argv[1]), sys.argv[2]
    packets = packets_of(capture)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # what is started inherits it
    print(f"{packets:,} packets, {os.path.getsize(capture) / 2**20:,.0f} MiB\n")
    print("| meter | processor, s | packets/s of it | elapsed, s | packets/s | MiB |")
    print("|---|---|---|---|---|---|")
    for argument in sys.argv[3:]:
        name, command = argument.split("=", 1)
        words = [capture if word == "{}" else word for word in shlex.split(command)]
        processor, elapsed, memory = min(run(words) for _ in range(repetitions))
        print(
            f"| {name} | {processor:.2f} | {packets / processor:,.0f} | {elapsed:.2f} "
            f"| {packets / elapsed:,.0f} | {memory:.0f} |"
        )


if __name__ == "__main__":
    main()

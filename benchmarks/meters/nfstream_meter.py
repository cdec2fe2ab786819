"""nfstream's part of the race: all flows of a capture with statistics and SPLT of 30 packets, without nDPI.

usage: nfstream_meter.py capture.pcap        prints packets and flows
"""

import sys

from nfstream import NFStreamer


def main():
    packets = flows = 0
    for flow in NFStreamer(
        source=sys.argv[1], statistical_analysis=True, splt_analysis=30, n_dissections=0, n_meters=1
    ):
        packets += flow.bidirectional_packets
        flows += 1
    print(packets, flows)


if __name__ == "__main__":  # nfstream starts processes
    main()

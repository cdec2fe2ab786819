#!/bin/sh
# Trains nets of this folder on one synthetic site and judges them on another, from captures to a table:
#
#   sh examples/08_field_models/on_synthetic.sh [weir; default: build/release/examples/cli/weir]
#
# CONNECTIONS (6000) is the size of the training site, EPOCHS (8) how long each net learns.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
weir=$(realpath "${1:-$here/../../build/release/examples/cli/weir}")
connections=${CONNECTIONS:-6000}
epochs=${EPOCHS:-8}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$weir" synth --connections "$connections" --seed 1 --kinds --pcap train.pcap --labels train.rules --quiet
"$weir" synth --connections $((connections / 2)) --seed 2 --kinds --pcap test.pcap --labels test.rules --quiet

# columns OPTION N KEEP: train.csv and test.csv with what the option gives, and what a net must not see for --drop.
columns() {
  for site in train test; do
    "$weir" flows "$site.pcap" --labels "$site.rules" "$1" "$2" --mask all --quiet -o "$site.csv"
  done
  drop=$(head -n 1 train.csv | tr ',' '\n' | grep -vE "^($3)_|^label\$" | paste -sd,)
}

# judge NET SEQUENCE [options]: a line of the table.
judge() {
  net=$1
  input=$2
  shift 2
  "$weir" train train.csv --label label --drop "$drop" --sequence "$input" --layers "@$here/$net/net.txt" \
    --epochs "$epochs" --seed 1 --model "$net.weir" --quiet "$@" >"$net.log"
  "$weir" evaluate "$net.weir" test.csv --ignore-unknown --json |
    sed -E 's/.*"accuracy":([0-9.]+).*"macro_f1":([0-9.]+).*/\1 \2/' |
    awk -v net="$net" -v input="$input" '{ printf "| %s | %s | %.1f | %.1f |\n", net, input, 100 * $1, 100 * $2 }'
}

echo "| net | input | accuracy, % | macro F1, % |"
echo "|---|---|---|---|"
columns --packets 30 seq
judge gru_early 30x4
judge transformer 30x4
columns --packets 32 seq_size
judge fs_net 32x1 --scaling none # lengths are codes
columns --payload 784 payload
judge wang_cnn 784x1 --scaling min_max
columns --payload 600 payload
judge hast_ids 6x100 --scaling none # bytes are codes
columns --payload 1500 payload
judge deep_packet_cnn 1500x1 --scaling min_max
judge deep_packet_sae 1500x1 --scaling min_max

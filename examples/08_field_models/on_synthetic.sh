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

# columns KEEP OPTIONS: train.csv and test.csv with what the options give, and what a net must not see for --drop.
columns() {
  keep=$1
  shift
  for site in train test; do
    "$weir" flows "$site.pcap" --labels "$site.rules" "$@" --mask all --quiet -o "$site.csv"
  done
  drop=$(head -n 1 train.csv | tr ',' '\n' | grep -vE "^($keep)_|^label\$" | paste -sd,)
}

# judge NET INPUT [options]: a line of the table.
judge() {
  net=$1
  input=$2
  shift 2
  "$weir" train train.csv --label label --drop "$drop" --layers "@$here/$net/net.txt" \
    --epochs "$epochs" --seed 1 --model "$net.weir" --quiet "$@" >"$net.log"
  "$weir" evaluate "$net.weir" test.csv --ignore-unknown --json |
    sed -E 's/.*"accuracy":([0-9.]+).*"macro_f1":([0-9.]+).*/\1 \2/' |
    awk -v net="$net" -v input="$input" '{ printf "| %s | %s | %.1f | %.1f |\n", net, input, 100 * $1, 100 * $2 }'
}

# sequence NET LENGTHxCHANNELS [options]
sequence() {
  net=$1
  input=$2
  shift 2
  judge "$net" "$input" --sequence "$input" "$@"
}

echo "| net | input | accuracy, % | macro F1, % |"
echo "|---|---|---|---|"
columns seq --packets 30
sequence gru_early 30x4
sequence transformer 30x4
columns seq_size --packets 32
sequence fs_net 32x1 --scaling none --clip-norm 5 # lengths are codes
columns seq_direction --packets 500
sequence deep_fingerprinting 500x1 --scaling none
columns "ppi_size|ppi_direction|ppi_gap_ms|phist_[a-z_]*" --profile cesnet
sed -i -e ':again' -e 's/,,/,0,/g' -e 't again' -e 's/^,/0,/' train.csv test.csv # no packet: 0
judge cesnet_multimodal "3x30 and 32"
columns payload --payload 784
sequence wang_cnn 784x1 --scaling min_max
columns payload --payload 600
sequence hast_ids 6x100 --scaling none # bytes are codes
columns payload --payload 1500
sequence deep_packet_cnn 1500x1 --scaling min_max
sequence deep_packet_sae 1500x1 --scaling min_max

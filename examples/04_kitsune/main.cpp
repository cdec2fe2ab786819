// Kitsune on a network where a botnet wakes up: it learns the first packets, scores all others, and the
// program tells what came of it, kind by kind. Beside it runs the same ensemble as a net of layers, trained
// in batches.
#include "botnet.hpp"
#include "layered_ensemble.hpp"

#include <weir/detect/kitsune.hpp>
#include <weir/io/kitsune_file.hpp>
#include <weir/train/metrics.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <vector>

namespace {

using namespace weir;

/// The area under the ROC curve of one kind, or of all, against benign packets.
double auc_of(Kind kind, const std::vector<float>& scores, const std::vector<Kind>& kinds) {
  std::vector<float> some;
  std::vector<Label> labels;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (kind != Kind::benign && kinds[i] != kind && kinds[i] != Kind::benign) continue;
    some.push_back(scores[i]);
    labels.push_back(kinds[i] == Kind::benign ? 0 : 1);
  }
  return roc_auc<float>(some, labels);
}

struct Count {
  std::size_t packets = 0, alarms = 0;
  void add(bool alarm) {
    ++packets;
    alarms += alarm ? 1U : 0U;
  }
  [[nodiscard]] double percent() const {
    return packets == 0 ? 0.0 : 100.0 * static_cast<double>(alarms) / static_cast<double>(packets);
  }
};

}  // namespace

int main() {
  const std::vector<LabelledPacket> traffic = botnet_traffic(4);

  KitsuneOptions options;
  options.net.train_samples = 100'000;
  options.calibration = 100'000;
  options.threshold = {.rate = 1e-3, .step = 0.0};
  Kitsune<> detector(options);

  std::vector<float> scores, layered_scores;
  std::vector<float> training;  // the features of the packets that the detector learned
  std::optional<LayeredEnsemble> layered;
  std::vector<Kind> kinds;
  std::array<Count, packet_kind_names.size()> counts{};
  Count quiet;
  bool awake = false;
  std::vector<AlarmReason> reasons;
  for (const LabelledPacket& p : traffic) {
    const KitsuneVerdict verdict = detector.process(p.packet());
    awake = awake || p.kind != Kind::benign;
    if (verdict.phase == KitsunePhase::training) {
      training.insert(training.end(), detector.features().begin(), detector.features().end());
    }
    if (verdict.phase != KitsunePhase::detecting) continue;
    if (!layered) layered.emplace(detector.net().map()).learn(training);
    if (!awake) {
      quiet.add(verdict.alarm);
      continue;
    }
    scores.push_back(static_cast<float>(verdict.score));
    layered_scores.push_back(layered->score(detector.features()));
    kinds.push_back(p.kind);
    counts[static_cast<std::size_t>(p.kind)].add(verdict.alarm);
    if (verdict.alarm && p.kind == Kind::scan && reasons.empty()) reasons = detector.reasons(3);
  }

  std::printf("%zu packets, %zu autoencoders, %zu streams known, threshold %.4f\n", traffic.size(),
              detector.net().map().size(), detector.streams(), detector.threshold());
  std::printf("before the botnet: %6zu packets, %5.2f %% alarm\n", quiet.packets, quiet.percent());
  std::printf("with it: ROC-AUC over all packets %.3f\n", auc_of(Kind::benign, scores, kinds));
  for (std::size_t k = 0; k < counts.size(); ++k) {
    std::printf("  %-9.*s %7zu packets, %5.2f %% alarm", static_cast<int>(packet_kind_names[k].size()),
                packet_kind_names[k].data(), counts[k].packets, counts[k].percent());
    if (k > 0) std::printf(", ROC-AUC %.3f", auc_of(static_cast<Kind>(k), scores, kinds));
    std::printf("\n");
  }
  std::printf("as layers, trained in batches: ROC-AUC over all packets %.3f",
              auc_of(Kind::benign, layered_scores, kinds));
  for (std::size_t k = 1; k < counts.size(); ++k) {
    std::printf(", %.*s %.3f", static_cast<int>(packet_kind_names[k].size()), packet_kind_names[k].data(),
                auc_of(static_cast<Kind>(k), layered_scores, kinds));
  }
  std::printf("\nwhy, at the first scan:");
  for (const AlarmReason& reason : reasons) std::printf(" %s (%.2f)", reason.feature.c_str(), reason.error);
  std::printf("\n");

  // Stopped and resumed, it goes on with the same bits.
  save_kitsune("detector.kitsune", detector);
  Kitsune<> resumed(options);
  load_kitsune("detector.kitsune", resumed);
  std::remove("detector.kitsune");
  const Packet again = traffic.back().packet();
  const bool same = resumed.process(again).score == detector.process(again).score;
  std::printf("resumed from a file: %s\n", same ? "the same score" : "another score");
  return same ? 0 : 1;
}

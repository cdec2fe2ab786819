// A program that only runs what a file holds; tests/odr/run_only.cmake looks at its symbols.
#include <weir/infer.hpp>

float score_file(const char* path);

float score_file(const char* path) {
  const auto pipeline = weir::load_any(path);
  weir::Workspace workspace(pipeline.net, pipeline.input, 1);
  const std::vector<float> sample(static_cast<std::size_t>(pipeline.input.size()));
  return workspace.predict(pipeline.net, sample)[0];
}

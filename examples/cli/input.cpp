#include "input.hpp"

#include <weir/core/error.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/pipeline/assess_file.hpp>
#if __has_include(<zstd.h>)
#include <weir/data/sources/zstd.hpp>
#endif

#include <memory>
#include <utility>

namespace cli {

namespace {

[[nodiscard]] weir::Assessment assess_images(const Model& model, const std::vector<std::string>& paths,
                                             const weir::TableOptions& options, weir::AssessOptions how) {
  if (options.labels.empty()) {
    weir::fail(weir::ErrorKind::config, "the model takes images: --labels FILE is needed to judge by");
  }
  if (paths.size() > 1) weir::fail(weir::ErrorKind::config, "images are read from one file at a time");
  how.source = paths[0];
  return weir::assess(model, weir::read_images(paths[0], options.labels, open_source), std::move(how));
}

[[nodiscard]] weir::Assessment assess_table(const Model& model, const std::vector<std::string>& paths,
                                            const weir::TableOptions& options, weir::AssessOptions how,
                                            weir::CsvReport& report) {
  if (!options.labels.empty() || options.format == "idx") {
    weir::fail(weir::ErrorKind::config,
               "--format idx and --labels are for models of images; this one reads tables");
  }
  weir::TableFile file = open_input(paths, options, model.record);
  weir::Assessment result = weir::assess(model, file, std::move(how));
  report = file.report();
  return result;
}

}  // namespace

weir::Result<std::unique_ptr<weir::ByteSource>> open_source(const std::string& path) {
  weir::Result<std::unique_ptr<weir::ByteSource>> file =
      path == "-" ? weir::open_stdin() : weir::open_file(path);
  if (!file) return file;
  std::unique_ptr<weir::ByteSource> source = std::make_unique<weir::GzipSource>(std::move(file).value());
#if __has_include(<zstd.h>)
  source = std::make_unique<weir::ZstdSource>(std::move(source));
#endif
  return source;
}

weir::TableOptions reading_of(weir::TableOptions options, const weir::TextRecord& record) {
  options = weir::recorded_options(std::move(options), record);
  if (options.format.empty() && options.recorded.format.empty()) options.format = "csv";
  options.open = open_source;
  options.words = weir::OptionWords::flags;
  return options;
}

weir::TableFile open_input(const std::vector<std::string>& paths, const weir::TableOptions& options,
                           const weir::TextRecord& record) {
  return weir::open_tables(paths, reading_of(options, record));
}

weir::Assessment assess_files(const Model& model, const std::vector<std::string>& paths,
                              const weir::TableOptions& options, weir::AssessOptions how,
                              weir::CsvReport& report) {
  how.words = weir::OptionWords::flags;
  weir::Assessment result = model.samples.kind == weir::SampleKind::image
                                ? assess_images(model, paths, options, how)
                                : assess_table(model, paths, options, how, report);
  if (result.rows == 0) {
    weir::fail(weir::ErrorKind::data, weir::files_text(paths) + ": there is no labelled row to judge by");
  }
  return result;
}

}  // namespace cli

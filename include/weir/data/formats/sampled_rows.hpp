// The rows of a file one after the other, the first of them twice: a sample is kept for a second reading.
//
// What is kept is the fields of rows and the places of bad ones, not the bytes of the file, so that blank
// lines, lines that are too long and quotes that are never closed take no memory.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/row_splitter.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class SampledRows {
 public:
  using Step = RowSplitter::Step;

  explicit SampledRows(std::unique_ptr<RowSplitter> splitter) : splitter_(std::move(splitter)) {}

  Step next() {
    if (again_ < kept_.size()) return repeat();
    if (!kept_.empty() && !keeping_) forget();
    const Step step = splitter_->next();
    place_ = splitter_->place();
    fields_ = splitter_->fields();
    if (keeping_ && (step == Step::row || step == Step::bad)) keep(step);
    return step;
  }

  /// From here on rows are kept, until rewind() comes back here.
  void keep_from_here() {
    keeping_ = true;
    again_ = kept_.size();
  }
  void rewind() {
    keeping_ = false;
    again_ = 0;
  }
  /// What keeping has taken.
  [[nodiscard]] std::size_t kept_bytes() const noexcept {
    return text_.size() + ends_.size() * sizeof ends_[0] + kept_.size() * sizeof kept_[0] + reasons_;
  }

  /// The fields of the row; valid until the next call of next().
  [[nodiscard]] std::span<const std::string_view> fields() const noexcept { return fields_; }
  [[nodiscard]] const RowPlace& place() const noexcept { return place_; }
  [[nodiscard]] bool open_ended() const noexcept { return splitter_->open_ended(); }
  /// Behind those of the splitter; rows that are kept lack them.
  void add_columns(const std::vector<std::string>& names) {
    splitter_->add_columns(names);
    added_ += names.size();
  }
  /// After Step::failed.
  [[nodiscard]] const Failure& failure() const noexcept { return splitter_->failure(); }
  void tell(CsvReport& report) const { splitter_->tell(report); }

 private:
  void keep(Step step) {
    if (step == Step::row) {
      for (const std::string_view field : fields_) {
        text_.append(field);
        ends_.push_back(text_.size());
      }
    }
    reasons_ += place_.reason.size();
    kept_.push_back({step, place_, ends_.size()});
    again_ = kept_.size();
  }

  Step repeat() {
    const Kept& row = kept_[again_];
    const std::size_t first = again_ == 0 ? 0 : kept_[again_ - 1].ends;
    ++again_;
    views_.clear();
    for (std::size_t i = first; i < row.ends; ++i) {
      const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
      views_.push_back(std::string_view(text_).substr(begin, ends_[i] - begin));
    }
    if (row.step == Step::row) views_.resize(views_.size() + added_);
    fields_ = views_;
    place_ = row.place;
    return row.step;
  }

  void forget() {
    kept_ = {};
    ends_ = {};
    text_ = {};
    again_ = 0;
  }

  struct Kept {
    Step step = Step::end;
    RowPlace place{};
    std::size_t ends = 0;  // of this and all rows before
  };

  std::unique_ptr<RowSplitter> splitter_;
  RowPlace place_;
  std::span<const std::string_view> fields_;
  std::vector<Kept> kept_;
  std::vector<std::size_t> ends_;  // of each field in text_
  std::string text_;
  std::size_t reasons_ = 0;  // bytes of them
  std::size_t added_ = 0;    // columns since the rows were kept
  std::vector<std::string_view> views_;
  std::size_t again_ = 0;  // the kept row that is repeated next
  bool keeping_ = false;
};

}  // namespace weir::inline WEIR_ABI

// An output file as a stream, for what writes to a std::ostream. Throws IoError when the file cannot be written.
//
//   OutputFile file = OutputFile::open("flows.csv");
//   OutputStream out(file);
//   write_csv(out, SynthOptions{});
//   static_cast<void>(file.commit().value());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/io/output_file.hpp>

#include <cstddef>
#include <ios>
#include <ostream>
#include <streambuf>
#include <string_view>

namespace weir::inline WEIR_ABI {

class OutputStream : public std::ostream {
 public:
  explicit OutputStream(OutputFile& file) : std::ostream(nullptr), buffer_(file) {
    rdbuf(&buffer_);
    exceptions(std::ios::badbit);  // of which a stream hands on what was thrown
  }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(OutputFile& file) : file_(file) {}

   private:
    int_type overflow(int_type c) override {
      const char one = traits_type::to_char_type(c);
      if (!traits_type::eq_int_type(c, traits_type::eof())) write({&one, 1});
      return traits_type::not_eof(c);
    }
    std::streamsize xsputn(const char* text, std::streamsize size) override {
      write({text, static_cast<std::size_t>(size)});
      return size;
    }
    void write(std::string_view text) {
      if (!file_.write(text)) static_cast<void>(file_.status().value());
    }

    OutputFile& file_;
  };
  Buffer buffer_;
};

}  // namespace weir::inline WEIR_ABI

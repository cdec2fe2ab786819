// Reads a CSV file in pieces of 100,000 rows, all columns, and tells how long it took and how much memory.
//
//   csv_times FILE            reads it
//   csv_times --make FILE N   writes N made-up connections (weir/synth.hpp)
#include <weir/data/formats/open_table.hpp>
#include <weir/synth.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

namespace {

int make(const char* path, const char* connections) {
  std::ofstream file(path);
  weir::write_csv(file, {.connections = std::strtoull(connections, nullptr, 10), .seed = 1});
  return file.flush() ? 0 : 1;
}

int read(const char* path) {
  const auto begin = std::chrono::steady_clock::now();
  weir::TableFile file = weir::open_table(path);
  file.read_as({});
  std::size_t rows = 0;
  for (;;) {
    weir::Table piece = file.make_table();
    const std::size_t count = file.read(piece, 100'000);
    if (count == 0) break;
    rows += count;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("weir    %9zu rows %4zu columns  %6.2f s  %6.0f MB\n", rows, file.schema().columns.size(),
              seconds, static_cast<double>(usage.ru_maxrss) / 1024.0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && argv[1] == std::string_view("--make")) return make(argv[2], argv[3]);
  if (argc == 2) return read(argv[1]);
  std::fputs("csv_times FILE | csv_times --make FILE CONNECTIONS\n", stderr);
  return 2;
}

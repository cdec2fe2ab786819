// A program that uses what weir::compiled holds: a table, a net from a text, a model file.
#include <weir/core/version.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/infer.hpp>

#include <cstdio>
#include <string_view>

int main() {
  const weir::Table table = weir::parse_csv("a,b\n1,2\n3,4\n");
  const weir::Result<weir::AnyModel<float>> net =
      weir::try_build(std::string_view("dense:4,relu,dense:1"), weir::Shape{2});
  const auto none = weir::try_load_any("there-is-no-such-file");
  std::printf("weir %d.%d.%d: %zu rows\n", WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_VERSION_PATCH,
              table.rows());
  return table.rows() == 2 && net.ok() && !none.ok() ? 0 : 1;
}

// Files of a wrong kind in the place of each kind: the message names the file and says what it looks like.
#include "cli/mistakes.hpp"

using namespace cli_test;

TEST_CASE("wrong kinds: in the place of a model") {
  if (!built()) return;
  std::vector<Mistake> mistakes;
  for (const char* kind : {"empty", "table", "lfs", "html", "zip", "hdf5", "json", "capture", "gz-html"}) {
    const std::string file = std::string("@") + kind;
    mistakes.push_back({{"inspect", file}, {file, looks_like(kind)}});
    mistakes.push_back({{"predict", file, "@table"}, {file, looks_like(kind)}});
    mistakes.push_back({{"evaluate", file, "@table"}, {file, looks_like(kind)}});
    mistakes.push_back({{"watch", file, "--read", "@capture"}, {file, looks_like(kind)}});
  }
  mistakes.push_back({{"predict", "@table", "@model"}, {"@table", "a table of text"}});  // swapped
  mistakes.push_back({{"inspect", "@model-cut"}, {"@model-cut"}});
  check_mistakes(mistakes);
}

TEST_CASE("wrong kinds: in the place of a table") {
  if (!built()) return;
  std::vector<Mistake> mistakes;
  for (const char* kind : {"empty", "model", "lfs", "html", "zip", "hdf5", "json-array", "capture"}) {
    const std::string file = std::string("@") + kind;
    mistakes.push_back({{"train", file, "--label", "label", "--model", "@never"}, {file, looks_like(kind)}});
    mistakes.push_back({{"predict", "@model", file}, {file, looks_like(kind)}});
    mistakes.push_back({{"evaluate", "@model", file}, {file, looks_like(kind)}});
  }
  for (const char* kind : {"json", "zeek", "arff"}) {  // tables of other columns
    const std::string file = std::string("@") + kind;
    mistakes.push_back({{"evaluate", "@model", file}, {file, "there is no column"}});
  }
  mistakes.push_back({{"train", "@gz-html", "--label", "label", "--model", "@never"}, {"@gz-html", "HTML"}});
  mistakes.push_back({{"predict", "@model", "@gz-cut"}, {"@gz-cut", "gzip"}});
  check_mistakes(mistakes);
}

TEST_CASE("wrong kinds: in the place of a capture, of rules and of a key") {
  if (!built()) return;
  std::vector<Mistake> mistakes;
  for (const char* kind : {"empty", "table", "model", "lfs", "html", "zip", "json", "gz-html"}) {
    const std::string file = std::string("@") + kind;
    const std::string content = kind == std::string("gz-html") ? "HTML" : looks_like(kind);
    mistakes.push_back({{"flows", file}, {file, content}});
    mistakes.push_back({{"anonymise", file, "@never", "--key", "@key"}, {file, content}});
    mistakes.push_back({{"watch", "--kitsune", "--read", file}, {file, content}});
  }
  for (const char* kind : {"table", "capture", "html", "json"}) {
    const std::string file = std::string("@") + kind;
    const std::string what = kind == std::string("table")     ? "these may be the rows of a table"
                             : kind == std::string("capture") ? looks_like(kind)
                                                              : "line 1";
    mistakes.push_back({{"flows", "@capture", "--labels", file}, {file, what}});
    mistakes.push_back({{"flows", "@capture", "--anonymise", file}, {file, "not a key"}});
    mistakes.push_back({{"anonymise", "@capture", "@never", "--key", file}, {file, "not a key"}});
  }
  check_mistakes(mistakes);
}

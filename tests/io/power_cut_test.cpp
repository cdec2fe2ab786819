// Power cuts, simulated. The file system of this test keeps apart what a program sees and what is on the
// disk: written blocks and changed directory entries reach the disk in any order, or not, or half, until they
// are synced. After a cut at any call only the disk counts.
#include <weir/core/rng.hpp>
#include <weir/io/safetensors.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace {

using weir_test::Bytes;

/// A directory with files; the directory itself is descriptor 0, file i is descriptor i + 1.
struct SimulatedSystem {
  struct File {
    Bytes seen;
    std::size_t synced = 0;  ///< bytes that are surely on the disk
  };
  struct Change {
    std::string from;  ///< empty: creation of `to`
    std::string to;    ///< empty: removal of `from`
    std::size_t file;
  };

  std::vector<File> files{};
  std::map<std::string, std::size_t> seen{};
  std::map<std::string, std::size_t> synced{};
  std::vector<Change> pending{};
  int calls = 0;
  int cut_at = -1;
  std::size_t largest_write = 700;

  bool cut() {
    if (cut_at < 0 || calls++ < cut_at) return false;
    errno = EIO;
    return true;
  }
  int open_at(int, const char* path, int flags, mode_t) {
    if (cut()) return -1;
    if ((flags & O_DIRECTORY) != 0) return 0;
    files.emplace_back();
    seen[path] = files.size() - 1;
    pending.push_back({"", path, files.size() - 1});
    return static_cast<int>(files.size());
  }
  ssize_t write(int file, const void* from, std::size_t size) {
    if (cut()) return -1;
    const auto* bytes = static_cast<const std::byte*>(from);
    const std::size_t count = std::min(size, largest_write);
    Bytes& content = files[static_cast<std::size_t>(file - 1)].seen;
    content.insert(content.end(), bytes, bytes + count);
    return static_cast<ssize_t>(count);
  }
  int sync(int file) {
    if (cut()) return -1;
    if (file == 0) {
      synced = seen;
      pending.clear();
    } else {
      File& synced_file = files[static_cast<std::size_t>(file - 1)];
      synced_file.synced = synced_file.seen.size();
    }
    return 0;
  }
  int close(int) { return cut() ? -1 : 0; }
  int change_mode(int, mode_t) { return 0; }
  int change_owner(int, uid_t, gid_t) { return 0; }
  int rename_at(int, const char* from, const char* to) {
    if (cut()) return -1;
    pending.push_back({from, to, seen.at(from)});
    seen[to] = seen.at(from);
    seen.erase(from);
    return 0;
  }
  int unlink_at(int, const char* name) {
    if (cut()) return -1;
    pending.push_back({name, "", seen.at(name)});
    seen.erase(name);
    return 0;
  }

  /// What the disk holds under `name` after the cut.
  [[nodiscard]] Bytes after_the_cut(const std::string& name, weir::Rng& rng) const {
    std::map<std::string, std::size_t> entries = synced;
    for (const Change& change : pending) {
      if (rng.chance(0.5)) continue;
      if (!change.from.empty()) entries.erase(change.from);
      if (!change.to.empty()) entries[change.to] = change.file;
    }
    const auto found = entries.find(name);
    return found == entries.end() ? Bytes{} : torn(files[found->second], rng);
  }

  static Bytes torn(const File& file, weir::Rng& rng) {
    const std::size_t block = rng.chance(0.5) ? 512 : 4096;
    Bytes content = file.seen;
    if (file.synced < content.size() && rng.chance(0.5)) {
      content.resize(file.synced + rng.below(content.size() - file.synced + 1));
    }
    for (std::size_t i = file.synced; i < content.size(); ++i) {
      if ((i == file.synced || i % block == 0) && rng.chance(0.5)) {
        const std::size_t end = std::min(content.size(), (i / block + 1) * block);
        std::fill(content.begin() + static_cast<std::ptrdiff_t>(i),
                  content.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
      }
    }
    return content;
  }
};

Bytes model(std::size_t size, std::uint64_t seed) {
  weir::Rng rng(seed);
  Bytes data(size);
  for (std::byte& byte : data) byte = static_cast<std::byte>(rng.next32());
  weir::SafetensorsWriter writer;
  writer.add("data", weir::Dtype::u8, {.extents = {size}, .rank = 1}, data);
  return writer.bytes();
}

/// A disk that surely holds `old`, before a cut at call `cut_at`.
SimulatedSystem disk_with(const Bytes& old, int cut_at) {
  SimulatedSystem system;
  REQUIRE(weir::try_write_file("model", old, system).ok());
  system.calls = 0;
  system.cut_at = cut_at;
  return system;
}

}  // namespace

TEST_CASE("power cuts: 100,000 at every call leave the old file or the new one") {
  const Bytes old = model(3000, 1);
  const Bytes fresh = model(9000, 2);
  weir::Rng rng(3);
  constexpr int calls = 21;  // 14 of them writes
  int old_left = 0;
  int fresh_left = 0;
  int broken = 0;
  for (int i = 0; i < 100000; ++i) {
    SimulatedSystem system = disk_with(old, i % (calls + 1));
    const weir::Status status = weir::try_write_file("model", fresh, system);
    const Bytes left = system.after_the_cut("model", rng);
    old_left += left == old ? 1 : 0;
    fresh_left += left == fresh ? 1 : 0;
    if (left != old && left != fresh) ++broken;
    if (status.ok() && left != fresh) ++broken;  // a success is durable
  }
  CHECK(broken == 0);
  CHECK(old_left > 50000);
  CHECK(fresh_left > 5000);
}

namespace {

/// The same disk under a writer that forgets to sync.
struct ForgetfulSystem : SimulatedSystem {
  int sync(int) { return 0; }
};

}  // namespace

TEST_CASE("power cuts: the simulation finds a missing sync, and the checksum finds the damage") {
  const Bytes fresh = model(9000, 2);
  weir::Rng rng(5);
  int damaged = 0;
  for (int i = 0; i < 2000; ++i) {
    ForgetfulSystem system;
    REQUIRE(weir::try_write_file("model", fresh, system).ok());
    const Bytes left = system.after_the_cut("model", rng);
    if (left == fresh) continue;
    ++damaged;
    if (weir::try_parse_safetensors(left).ok()) FAIL_CHECK("damage not found");
  }
  CHECK(damaged > 1000);
}

#include <weir/io/atomic_file.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

using weir::ErrorKind;
using weir::PosixSystem;
using weir_test::Bytes;
using weir_test::TemporaryDirectory;
using weir_test::to_bytes;

namespace {

enum class Fault { error, short_transfer, nothing_transferred, crash };

/// The real system, except that call number `at` goes wrong. After a crash no call has an effect any more.
struct FaultySystem {
  int at = -1;
  Fault fault = Fault::error;
  int error = EIO;
  int calls = 0;
  int write_at = -1, rename_at_call = -1, sync_directory_at = -1;  ///< the last ones
  PosixSystem real{};

  template <class Call>
  auto run(Call call) -> decltype(call()) {
    const int number = calls++;
    if (number == at && (fault == Fault::error || fault == Fault::crash)) {
      errno = error;
      return -1;
    }
    if (fault == Fault::crash && at >= 0 && number > at) {
      errno = EIO;
      return -1;
    }
    return call();
  }
  std::size_t transferred(std::size_t size) const {
    if (calls - 1 != at) return size;
    if (fault == Fault::short_transfer) return (size + 1) / 2;
    return fault == Fault::nothing_transferred ? 0 : size;
  }

  int open_at(int directory, const char* path, int flags, mode_t mode) {
    return run([&] { return real.open_at(directory, path, flags, mode); });
  }
  int status(int file, struct stat& out) {
    return run([&] { return real.status(file, out); });
  }
  ssize_t read(int file, void* to, std::size_t size) {
    return run([&] { return real.read(file, to, transferred(size)); });
  }
  ssize_t write(int file, const void* from, std::size_t size) {
    write_at = calls;
    return run([&] { return real.write(file, from, transferred(size)); });
  }
  int sync(int file) {
    sync_directory_at = calls;
    return run([&] { return real.sync(file); });
  }
  int close(int file) {
    const int result = run([&] { return 0; });
    const int error_of_run = errno;
    real.close(file);  // even a close that reports an error gives the number back
    errno = error_of_run;
    return result;
  }
  int rename_at(int directory, const char* from, const char* to) {
    rename_at_call = calls;
    return run([&] { return real.rename_at(directory, from, to); });
  }
  int unlink_at(int directory, const char* name) {
    return run([&] { return real.unlink_at(directory, name); });
  }
  int change_mode(int file, mode_t mode) {
    return run([&] { return real.change_mode(file, mode); });
  }
  int change_owner(int file, uid_t owner, gid_t group) {
    return run([&] { return real.change_owner(file, owner, group); });
  }
};

constexpr std::uint64_t no_limit = std::uint64_t{1} << 30;

/// Writes `old`, then `fresh` with the fault; returns the status of the second.
weir::Status overwrite(const std::string& path, const Bytes& old, const Bytes& fresh, FaultySystem& system) {
  weir::write_file(path, old);
  return weir::try_write_file(path, fresh, system);
}

/// The system after a write without a fault: it knows how many calls that takes, and which is which.
FaultySystem calls_of_a_write(const TemporaryDirectory& directory) {
  FaultySystem counter;
  REQUIRE(overwrite(directory / "file", to_bytes("old"), to_bytes("fresh"), counter).ok());
  return counter;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

int open_files() {
  int count = 0;
  for (int file = 0; file < 256; ++file) count += ::fcntl(file, F_GETFD) != -1 ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("write_file and read_file: what goes in comes out") {
  const TemporaryDirectory directory;
  for (const std::size_t size : std::array<std::size_t, 5>{0, 1, 4095, 4096, 1000000}) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7);
    weir::write_file(directory / "file", bytes);
    CHECK(weir::read_file(directory / "file", size) == bytes);
  }
  CHECK(directory.names() == std::vector<std::string>{"file"});
}

TEST_CASE("write_file: a new file has 0666 less the umask, an old one keeps its mode") {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(027);
  weir::write_file(directory / "new", to_bytes("x"));
  weir::write_file(directory / "old", to_bytes("x"));
  for (const mode_t mode : {0600U, 0640U, 0666U, 0755U}) {
    CAPTURE(mode);
    REQUIRE(::chmod((directory / "old").c_str(), mode) == 0);
    weir::write_file(directory / "old", to_bytes("fresh"));
    CHECK(mode_of(directory / "old") == mode);
  }
  ::umask(before);
  CHECK(mode_of(directory / "new") == 0640);
  if (::geteuid() != 0) {
    MESSAGE("SKIPPED: only root may give a file away");
    return;
  }
  REQUIRE(::chown((directory / "old").c_str(), 12345, 54321) == 0);
  weir::write_file(directory / "old", to_bytes("again"));
  struct stat status {};
  REQUIRE(::stat((directory / "old").c_str(), &status) == 0);
  CHECK(status.st_uid == 12345);
  CHECK(status.st_gid == 54321);
  CHECK(mode_of(directory / "old") == 0755);
}

TEST_CASE("write_file: works with a relative path; what others planted is no hindrance") {
  const TemporaryDirectory directory;
  const std::string prefix = "file." + std::to_string(::getpid()) + ".";
  for (int i = 0; i < 1500; ++i) {
    ::close(::open((directory / (prefix + std::to_string(i) + ".tmp")).c_str(), O_CREAT | O_WRONLY, 0600));
  }
  const int here = ::open(".", O_RDONLY | O_DIRECTORY);
  REQUIRE(::chdir(directory.path().c_str()) == 0);
  const bool written = weir::try_write_file("file", to_bytes("x")).ok();
  REQUIRE(::fchdir(here) == 0);
  ::close(here);
  CHECK(written);
  CHECK(weir::read_file(directory / "file", 10) == to_bytes("x"));
  CHECK(directory.names().size() == 1501);
}

TEST_CASE("write_file: the temporary name cannot be foretold, and is never too long") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back(weir::detail::random_ending());
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  const TemporaryDirectory directory;
  const std::string path = directory / std::string(255, 'x');  // the longest that there is
  CHECK(weir::try_write_file(path, to_bytes("x")).ok());
  CHECK(weir::read_file(path, 10) == to_bytes("x"));
}

TEST_CASE("write_file: a symbolic link stays one, and what it means is replaced") {
  const TemporaryDirectory directory;
  const TemporaryDirectory elsewhere;
  weir::write_file(elsewhere / "target", to_bytes("target"));
  REQUIRE(::chmod((elsewhere / "target").c_str(), 0600) == 0);
  REQUIRE(::symlink((elsewhere / "target").c_str(), (directory / "absolute").c_str()) == 0);
  REQUIRE(::symlink("absolute", (directory / "relative").c_str()) == 0);
  weir::write_file(directory / "relative", to_bytes("fresh"));
  CHECK(weir::read_file(elsewhere / "target", 10) == to_bytes("fresh"));
  CHECK(mode_of(elsewhere / "target") == 0600);
  CHECK(S_ISLNK([&] {
    struct stat status {};
    REQUIRE(::lstat((directory / "relative").c_str(), &status) == 0);
    return status.st_mode;
  }()));

  REQUIRE(::symlink("not there yet", (directory / "dangling").c_str()) == 0);
  weir::write_file(directory / "dangling", to_bytes("new"));
  CHECK(weir::read_file(directory / "not there yet", 10) == to_bytes("new"));

  REQUIRE(::symlink("round", (directory / "round").c_str()) == 0);
  CHECK_FALSE(weir::try_write_file(directory / "round", to_bytes("x")).ok());
  CHECK(elsewhere.names() == std::vector<std::string>{"target"});
}

TEST_CASE("write_file: devices, pipes and descriptors are written to, not replaced") {
  const TemporaryDirectory directory;
  CHECK(weir::try_write_file("/dev/null", to_bytes("x")).ok());
  const weir::Status full = weir::try_write_file("/dev/full", to_bytes("x"));
  REQUIRE_FALSE(full.ok());
  CHECK(full.error().what.find("No space left on device") != std::string::npos);
  for (const char* device : {"/dev/null", "/dev/full"}) {
    struct stat status {};
    REQUIRE(::lstat(device, &status) == 0);
    CHECK(S_ISCHR(status.st_mode));
  }
  REQUIRE(::symlink("/dev/null", (directory / "link").c_str()) == 0);
  CHECK(weir::try_write_file(directory / "link", to_bytes("x")).ok());

  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  const int reader = ::open((directory / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
  CHECK(weir::try_write_file(directory / "pipe", to_bytes("12")).ok());
  char text[4] = {};
  CHECK(::read(reader, text, sizeof text) == 2);
  ::close(reader);

  // What a shell opens for `weir ... -o /dev/fd/3 3>>log`: written behind what is there.
  weir::write_file(directory / "log", to_bytes("old "));
  const int log = ::open((directory / "log").c_str(), O_WRONLY | O_APPEND);
  for (const char* folder : {"/dev/fd/", "/proc/self/fd/", "/proc/thread-self/fd/"}) {
    CHECK(weir::try_write_file(folder + std::to_string(log), to_bytes("x")).ok());
  }
  ::close(log);
  CHECK(weir::read_file(directory / "log", 10) == to_bytes("old xxx"));
  const int input = ::open((directory / "log").c_str(), O_RDONLY);
  CHECK_FALSE(weir::try_write_file("/dev/fd/" + std::to_string(input), to_bytes("x")).ok());
  ::close(input);
  CHECK(directory.names().size() == 3);
}

TEST_CASE("write_file: refusals name the path and the reason") {
  const TemporaryDirectory directory;
  const auto refusal = [](const std::string& path) {
    const weir::Status status = weir::try_write_file(path, to_bytes("x"));
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == ErrorKind::io);
    CHECK(status.error().what.find(path) != std::string::npos);
    return status.error().what;
  };
  CHECK(refusal(directory / "missing/file").find("there is no folder '" + directory.path() + "/missing'") !=
        std::string::npos);
  CHECK(refusal(directory.path()).find("is a folder") != std::string::npos);
  CHECK(refusal("/dev/null/file").find("not a folder") != std::string::npos);
  for (const char* name : {"", ".", ".."}) {
    CHECK(refusal(directory / name).find("not the name of a file") != std::string::npos);
  }
  CHECK_FALSE(weir::try_write_file("", to_bytes("x")).ok());
  CHECK_FALSE(weir::try_write_file(directory / std::string_view("a\0b", 3), to_bytes("x")).ok());
  CHECK(refusal(directory / std::string(300, 'x')).find("File name too long") != std::string::npos);
  CHECK(directory.names().empty());
  if (::geteuid() == 0) {
    MESSAGE("SKIPPED: to root everything may be written");
    return;
  }
  weir::write_file(directory / "kept", to_bytes("x"));
  REQUIRE(::chmod((directory / "kept").c_str(), 0400) == 0);
  CHECK(refusal(directory / "kept").find("Permission denied") != std::string::npos);
  REQUIRE(::chmod(directory.path().c_str(), 0500) == 0);
  CHECK(refusal(directory / "new").find("write to another folder") != std::string::npos);
  REQUIRE(::chmod(directory.path().c_str(), 0700) == 0);
}

TEST_CASE("write_file: an error at any call leaves the old file or the new one, and nothing else") {
  const TemporaryDirectory directory;
  const Bytes old = to_bytes("the old content");
  const Bytes fresh = to_bytes("something longer, and new");
  const FaultySystem whole = calls_of_a_write(directory);
  // open directory and file, owner and mode, write, sync, close, rename, sync and close directory
  CHECK(whole.calls == 10);
  const int files = open_files();
  for (const int error : {EIO, ENOSPC, EDQUOT, EACCES, EMFILE}) {
    for (int at = 0; at < whole.calls; ++at) {
      CAPTURE(error);
      CAPTURE(at);
      FaultySystem system{.at = at, .error = error};
      const weir::Status status = overwrite(directory / "file", old, fresh, system);
      const bool harmless = at == 2 || at == 3 || at == whole.calls - 1;  // owner, mode, last close
      CHECK(status.ok() == harmless);
      CHECK(weir::read_file(directory / "file", no_limit) ==
            (harmless || at > whole.rename_at_call ? fresh : old));
      CHECK(directory.names().size() == 1);
      CHECK(open_files() == files);
      if (!status.ok()) {
        CHECK(status.error().kind == ErrorKind::io);
        CHECK(status.error().what.find(directory.path()) != std::string::npos);
        CHECK(status.error().what.find(std::generic_category().message(error)) != std::string::npos);
      }
    }
  }
}

TEST_CASE("write_file: a signal at any call does not matter") {
  const TemporaryDirectory directory;
  const int calls = calls_of_a_write(directory).calls;
  for (int at = 0; at < calls; ++at) {
    CAPTURE(at);
    FaultySystem system{.at = at, .error = EINTR};
    CHECK(overwrite(directory / "file", to_bytes("old"), to_bytes("fresh"), system).ok());
    CHECK(weir::read_file(directory / "file", no_limit) == to_bytes("fresh"));
    CHECK(directory.names().size() == 1);
  }
}

TEST_CASE("write_file: short writes are continued, a write of nothing is an error") {
  const TemporaryDirectory directory;
  const Bytes fresh = to_bytes("content that takes two writes");
  const FaultySystem whole = calls_of_a_write(directory);
  FaultySystem halves{.at = whole.write_at, .fault = Fault::short_transfer};
  CHECK(overwrite(directory / "file", to_bytes("old"), fresh, halves).ok());
  CHECK(halves.calls == whole.calls + 1);
  CHECK(weir::read_file(directory / "file", no_limit) == fresh);

  FaultySystem nothing{.at = whole.write_at, .fault = Fault::nothing_transferred};
  CHECK_FALSE(overwrite(directory / "file", to_bytes("old"), fresh, nothing).ok());
  CHECK(weir::read_file(directory / "file", no_limit) == to_bytes("old"));
}

TEST_CASE("write_file: the process ends at any call") {
  const TemporaryDirectory directory;
  const Bytes old = to_bytes("old");
  const Bytes fresh = to_bytes("fresh");
  const FaultySystem whole = calls_of_a_write(directory);
  for (int at = 0; at < whole.calls; ++at) {
    CAPTURE(at);
    FaultySystem system{.at = at, .fault = Fault::crash};
    static_cast<void>(overwrite(directory / "file", old, fresh, system));
    CHECK(weir::read_file(directory / "file", no_limit) == (at > whole.rename_at_call ? fresh : old));
    directory.remove_all();
  }
}

TEST_CASE("write_file: a file system without sync of directories is accepted") {
  const TemporaryDirectory directory;
  const FaultySystem whole = calls_of_a_write(directory);
  for (const int error : {EINVAL, ENOTSUP}) {
    FaultySystem system{.at = whole.sync_directory_at, .error = error};
    CHECK(overwrite(directory / "file", to_bytes("old"), to_bytes("fresh"), system).ok());
  }
}

TEST_CASE("write_file: writers at the same path do not disturb each other") {
  const TemporaryDirectory directory;
  const auto work = [&](char letter) {
    const Bytes bytes = to_bytes(std::string(5000, letter));
    for (int i = 0; i < 20; ++i) weir::write_file(directory / "file", bytes);
  };
  std::thread other(work, 'b');
  work('a');
  other.join();
  const Bytes bytes = weir::read_file(directory / "file", no_limit);
  CHECK(bytes.size() == 5000);
  CHECK(std::count(bytes.begin(), bytes.end(), bytes[0]) == 5000);
  CHECK(directory.names().size() == 1);
}

TEST_CASE("read_file: refuses what is not a regular file of the allowed size") {
  const TemporaryDirectory directory;
  const auto refusal = [](const std::string& path, std::uint64_t limit) {
    const auto bytes = weir::try_read_file(path, limit);
    REQUIRE_FALSE(bytes.ok());
    CHECK(bytes.error().kind == ErrorKind::io);
    return bytes.error().what;
  };
  weir::write_file(directory / "file", to_bytes("12345"));
  REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
  CHECK(refusal(directory / "file", 4).find("5 bytes are more than the allowed 4") != std::string::npos);
  CHECK(refusal(directory / "pipe", 100).find("not a regular file") != std::string::npos);
  CHECK(refusal(directory.path(), no_limit).find("not a regular file") != std::string::npos);
  CHECK(refusal("/dev/zero", no_limit).find("not a regular file") != std::string::npos);
  CHECK(refusal(directory / "missing", 100).find("No such file or directory") != std::string::npos);
  CHECK(refusal(directory / std::string_view("file\0x", 6), 100).find("not the name") != std::string::npos);
}

TEST_CASE("read_file: one open; errors, signals and short reads at any call") {
  const TemporaryDirectory directory;
  const Bytes content = to_bytes("some content");
  weir::write_file(directory / "file", content);
  FaultySystem counter;
  REQUIRE(weir::try_read_file(directory / "file", 100, counter).ok());
  CHECK(counter.calls == 5);  // open, status, read, read of the end, close
  const int files = open_files();
  for (int at = 0; at < counter.calls - 1; ++at) {
    CAPTURE(at);
    FaultySystem broken{.at = at};
    CHECK_FALSE(weir::try_read_file(directory / "file", 100, broken).ok());
    if (at == 1) continue;  // fstat is not interrupted
    FaultySystem interrupted{.at = at, .error = EINTR};
    CHECK(weir::try_read_file(directory / "file", 100, interrupted).value() == content);
    CHECK(open_files() == files);
  }
  FaultySystem halves{.at = 2, .fault = Fault::short_transfer};
  CHECK(weir::try_read_file(directory / "file", 100, halves).value() == content);
}

namespace {

/// A file whose size is not what fstat said.
struct LyingSystem : PosixSystem {
  off_t size = 0;
  int status(int file, struct stat& out) noexcept {
    const int result = PosixSystem::status(file, out);
    out.st_size = size;
    return result;
  }
};

}  // namespace

TEST_CASE("read_file: a file that grows or shrinks meanwhile is refused") {
  const TemporaryDirectory directory;
  weir::write_file(directory / "file", to_bytes("12345"));
  for (const off_t size : {0, 4, 6, 100000}) {
    LyingSystem system;
    system.size = size;
    const auto bytes = weir::try_read_file(directory / "file", no_limit, system);
    REQUIRE_FALSE(bytes.ok());
    CHECK(bytes.error().what.find("its size changed") != std::string::npos);
  }
}

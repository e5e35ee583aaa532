// ipfs get as an archive, unpacked by the real tar and gzip.
#include "tests/tools/pillar/binary_text.hpp"
#include "tests/tools/pillar/process.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>

using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

/// Runs a line of the shell at home.
bool shell(const user& someone, const std::string& line) {
  return std::system(("cd '" + someone.home().string() + "' && { " + line + "; } > shell.out 2>&1").c_str()) == 0;
}

struct ::stat status_of(const fs::path& path) {
  struct ::stat found{};
  REQUIRE(::lstat(path.c_str(), &found) == 0);
  return found;
}

std::string add_photos(const user& someone) {
  someone.write("photos/a", "hello\n");
  someone.write("photos/sub/empty", "");
  someone.write("photos/sub/" + std::string(200, 'n'), binary_text(2'500'001));
  someone.write("photos/\xc3\xa4 b\n", "odd");
  someone.write("photos/\xff", "no text");
  fs::create_directory(someone.home() / "photos/vacant");
  fs::create_symlink("../a", someone.home() / "photos/sub/link");
  fs::create_symlink("/" + std::string(150, 'l'), someone.home() / "photos/absolute");
  return someone.says({"ipfs", "add", "-rQ", "photos"});
}

} // namespace

TEST_CASE("ipfs get -a writes an archive that tar unpacks to the same tree") {
  user someone;
  const auto root = add_photos(someone);
  const auto all = someone.says({"ipfs", "get", "-a", root});
  const auto size = std::to_string(fs::file_size(someone.home() / (root + ".tar")));
  CHECK(all == "Saving archive to " + root + ".tar\nwrote " + size + " bytes");
  CHECK(shell(someone, "tar xf " + root + ".tar && diff -r --no-dereference photos " + root));
  CHECK(someone.read("shell.out") == "");
  CHECK(fs::read_symlink(someone.home() / root / "sub/link") == "../a");
  CHECK(status_of(someone.home() / root / "a").st_mtime > 1'500'000'000); // now
  CHECK(someone.says({"ipfs", "add", "-rQ", root}) == root);
}

TEST_CASE("archives have the names that ipfs gives them, and overwrite nothing") {
  user someone;
  someone.write("photos/sub/a", "hello\n");
  fs::create_directory(someone.home() / "there");
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  const auto saved = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"ipfs", "get", root + "/sub/"});
    const auto all = someone.says(options);
    return all.substr(0, all.find('\n'));
  };
  CHECK(saved({"-a"}) == "Saving archive to sub.tar");
  CHECK(saved({"-a", "-C"}) == "Saving archive to sub.tar.gz");
  CHECK(saved({"-a", "-o", "x"}) == "Saving archive to x.tar");
  CHECK(saved({"-aC", "-o", "x.tar"}) == "Saving archive to x.tar.gz");
  CHECK(saved({"-a", "-C", "--progress=false", "-o", "y.tar.gz"}) == "Saving archive to y.tar.gz");
  CHECK(saved({"-a", "-o", "there"}) == "Saving archive to there.tar");
  CHECK(saved({"-a", "-o", "there/"}) == "Saving archive to there/sub.tar");
}

TEST_CASE("ipfs get -C compresses an archive or a file, as much as it is told") {
  user someone;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * i) + "\n";
  someone.write("photos/text", text);
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  CHECK(someone.says({"ipfs", "get", "-C", root + "/text"}).starts_with("Saving archive to text.gz\nwrote "));
  CHECK(shell(someone, "gzip -dc text.gz | cmp - photos/text"));
  CHECK(someone.says({"ipfs", "get", "-C", "-l", "1", root + "/text", "-o", "fast"}).find("fast.gz")
        != std::string::npos);
  CHECK(someone.says({"ipfs", "get", "-C", "-l=9", root + "/text", "-o", "small.gz"}).find("small.gz")
        != std::string::npos);
  CHECK(fs::file_size(someone.home() / "small.gz") < fs::file_size(someone.home() / "fast.gz"));
  CHECK(shell(someone, "cat photos/text photos/text > twice && gzip -dc fast.gz small.gz | cmp - twice"));
  CHECK(someone.says({"ipfs", "get", "-a", "--compress", root, "-o", "all"})
            .starts_with("Saving archive to all.tar.gz\n"));
  CHECK(shell(someone, "tar xzf all.tar.gz && diff -r photos " + root));
}

TEST_CASE("an archive keeps the permissions and times that were recorded, but for set-user-id") {
  user someone;
  someone.write("photos/a", "hello\n");
  ::chmod((someone.home() / "photos/a").c_str(), 04750);
  ::chmod((someone.home() / "photos").c_str(), 0711);
  const timespec times[2] = {{0, 0}, {-100, 250'000'000}};
  REQUIRE(::utimensat(AT_FDCWD, (someone.home() / "photos/a").c_str(), times, 0) == 0);
  const auto root = someone.says({"ipfs", "add", "-rQ", "--preserve-mode", "--preserve-mtime", "photos"});
  CHECK(someone.pillar({"ipfs", "get", "-a", root}).exit == 0);
  CHECK(shell(someone, "tar xpf " + root + ".tar"));
  const auto file = status_of(someone.home() / root / "a");
  CHECK((file.st_mode & 07777) == 0750);
  CHECK(file.st_mtim.tv_sec == -100);
  CHECK(file.st_mtim.tv_nsec == 250'000'000);
  CHECK((status_of(someone.home() / root).st_mode & 07777) == 0711);
}

TEST_CASE("ipfs get -a -o - writes to standard output, and nothing but the archive") {
  user someone;
  const auto root = add_photos(someone);
  const auto all = someone.pillar({"ipfs", "get", "-a", root, "-o", "-"});
  CHECK(all.exit == 0);
  CHECK(all.err == "");
  someone.write("all.tar", all.out);
  CHECK(shell(someone, "tar xf all.tar && diff -r --no-dereference photos " + root));
  const auto file = someone.pillar({"ipfs", "get", "-C", root + "/a", "-o", "-"});
  someone.write("a.gz", file.out);
  CHECK(shell(someone, "gzip -dc a.gz | cmp - photos/a"));
}

TEST_CASE("ipfs get tells what is wrong with its options, and leaves nothing behind") {
  user someone;
  someone.write("photos/a", "hello\n");
  const auto root = someone.says({"ipfs", "add", "-rQ", "photos"});
  const auto refusal = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"ipfs", "get", root});
    const auto left = someone.pillar(options);
    CHECK(left.exit == 2);
    CHECK(left.out == "");
    return left.err;
  };
  CHECK(refusal({"-l", "5"}) == "pillar: ipfs get: --compression-level has no meaning without --compress: give both\n");
  for (auto* level : {"0", "10"})
    CHECK(refusal({"-C", "-l", level}).find("there is no level " + std::string(level) + ": give 1 to 9")
          != std::string::npos);
  CHECK(refusal({"-C"}) == "pillar: " + root + " is a directory: give --archive, too, to get all that is in it\n");
  CHECK(refusal({"-a", "-o", "-", "--json"}).find("leave --json out") != std::string::npos);
  const auto absent = someone.pillar({"ipfs", "get", "-a", root + "/b"});
  CHECK(absent.exit == 4);
  CHECK(!fs::exists(someone.home() / "b.tar"));
  someone.write("mine.tar", "mine");
  const auto existing = someone.pillar({"ipfs", "get", "-a", root, "-o", "mine"});
  CHECK(existing.exit == 7);
  CHECK(someone.read("mine.tar") == "mine");
}

// The engine as a worker uses it.
#include "actors/ipfs/embedded_ipfs.hpp"

#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <thread>

using namespace pillar;
using namespace pillar::ipfs;
using namespace pillar::test;
namespace fs = std::filesystem;

namespace {

struct fixture {
  temporary_directory directory;
  failing_files files;
  std::unique_ptr<backend> ipfs = open();

  std::unique_ptr<backend> open() { return embedded_ipfs::open(directory / "repository", {.files = &files}); }
  void reopen() {
    ipfs.reset();
    ipfs = open();
  }
};

std::unique_ptr<backend> in_memory(engine::import_options import = {}) {
  return embedded_ipfs::in_memory({.import = import});
}

errc code_of(auto work) {
  return failure_of(work).code();
}

/// The files of the published vectors, as they lie on a disk.
void write_vector_trees(const fs::path& at) {
  write_file(at / "planets/mars.txt", "Hello Mars!\n");
  write_file(at / "planets/venus.txt", "Hello Venus!\n");
  write_file(at / "moons/jupiter/europa.txt", "Hello Europa!\n");
  write_file(at / "moons/saturn/titan.txt", "Hello Titan!\n");
  write_file(at / "moons/mercury.txt", "hey you are no moon!\n");
  write_file(at / "hey/hey", "Hey\n");
  write_file(at / "hey/hello/world", "World\n");
  write_file(at / "links/foo/baz", "some text\n");
  fs::create_directories(at / "links/bar");
  fs::create_symlink("files/foo/baz", at / "links/bar/baz");
  fs::create_symlink("files/does/not/exist", at / "links/bad");
  fs::create_directories(at / "empty");
}

} // namespace

TEST_CASE("text is stored under the CID that ipfs add gives and read back") {
  CHECK(in_memory()->add_str("hello world").text == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  fixture f;
  CHECK(f.ipfs->add_str("hello world").text == "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  CHECK(f.ipfs->add_str("").text == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
  CHECK(content_of(*f.ipfs, "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD") == "hello world");
  CHECK(content_of(*f.ipfs, "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH").empty());
  auto binary = noise(1 << 20);
  CHECK(content_of(*f.ipfs, f.ipfs->add_str(binary).text) == binary);
}

TEST_CASE("trees on disk get the CIDs that ipfs add gives") {
  fixture f;
  write_vector_trees(f.directory.path());
  auto add = [&](const char* name) { return f.ipfs->add_file(f.directory / name); };
  CHECK(add("planets") == added{{"QmWSgS32xQEcXMeqd3YPJLrNBLSdsfYCep2U7CFkyrjXwY"}, 2, 25});
  CHECK(add("moons").root.text == "QmbGoaQZm8kjYfCiN1aBsgwhqfUBGDYTrDb91Mz7Dvq81B");
  CHECK(add("hey").root.text == "QmZQWnfcqJ6hNkkPvrY9Q5X39GP3jUnUbAV4AbmbbR3Cb1");
  CHECK(add("links") == added{{"QmWdiHKoeSW8G1u7ATCgpx4yMoUhYaJBQGkyPLkS9goYZ8"}, 3, 10});
  CHECK(add("links/bad").root.text == "QmWYN8SEXCgNT2PSjB6BnxAx6NJQtazWoBkTRH9GRfPFFQ");
  CHECK(add("empty") == added{{"QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"}, 0, 0});
  CHECK(add("planets/mars.txt").root == add("planets/../planets/./mars.txt").root);
}

TEST_CASE("a tree comes back as it was added") {
  fixture f;
  write_vector_trees(f.directory / "tree");
  write_file(f.directory / "tree/large", noise(1'500'000));
  write_file(f.directory / "tree/odd names/\xff\x01 \n'\"*", "odd");
  auto root = f.ipfs->add_file(f.directory / "tree");
  fs::create_directory(f.directory / "out");
  auto got = f.ipfs->get_file(root.root.text, f.directory / "out", "copy");
  CHECK(got == written{root.files, root.size});
  CHECK(f.ipfs->add_file(f.directory / "out/copy") == root);
  CHECK(f.ipfs->get_file("/ipfs/" + root.root.text + "/planets/mars.txt", f.directory / "out") == written{1, 12});
  CHECK(read_file(f.directory / "out/mars.txt") == "Hello Mars!\n");
  f.ipfs->get_file(root.root.text, f.directory / "out");
  CHECK(fs::exists(f.directory / "out" / root.root.text / "moons/saturn/titan.txt"));
}

TEST_CASE("hidden files are added only when asked for") {
  fixture f;
  write_file(f.directory / "tree/seen", "1");
  write_file(f.directory / "tree/.hidden", "2");
  write_file(f.directory / "tree/.git/config", "3");
  CHECK(f.ipfs->add_file(f.directory / "tree").files == 1);
  CHECK(add_all(*f.ipfs, f.directory / "tree").files == 3);
  CHECK(f.ipfs->add_file(f.directory / "tree/.git").files == 1);
  CHECK(f.ipfs->add_file(f.directory / "tree/.hidden").files == 1);
}

TEST_CASE("what cannot be added is refused by name and nothing is pinned") {
  fixture f;
  CHECK(code_of([&] { f.ipfs->add_file(f.directory / "absent"); }) == errc::not_found);
  write_file(f.directory / "tree/a", "a");
  REQUIRE(::mkfifo((f.directory / "tree/pipe").c_str(), 0600) == 0);
  auto why = failure_of([&] { f.ipfs->add_file(f.directory / "tree"); });
  CHECK(why.code() == errc::bad_request);
  CHECK(why.message().find("tree/pipe is a pipe") != std::string::npos);
  CHECK(code_of([&] { f.ipfs->add_file(f.directory / "tree/pipe"); }) == errc::bad_request);
  CHECK(code_of([&] { f.ipfs->add_file("/dev/zero"); }) == errc::bad_request);
  f.files.fail(call::read, 3, EIO);
  fs::remove(f.directory / "tree/pipe");
  write_file(f.directory / "tree/b", noise(1'000'000));
  auto unread = failure_of([&] { f.ipfs->add_file(f.directory / "tree"); });
  CHECK(unread.code() == errc::io_error);
  CHECK(unread.message().find("tree/b") != std::string::npos);
  f.files.heal();
  auto root = f.ipfs->add_file(f.directory / "tree", {.pin = false});
  CHECK_FALSE(is_pinned(*f.ipfs, root.root.text));
  CHECK(f.ipfs->add_file(f.directory / "tree") == root);
  CHECK(is_pinned(*f.ipfs, root.root.text));
}

TEST_CASE("a file that may not be read is an error of reading") {
  fixture f;
  write_file(f.directory / "tree/a", "a");
  f.files.fail(call::open, 2, EACCES);
  auto why = failure_of([&] { f.ipfs->add_file(f.directory / "tree"); });
  CHECK(why.code() == errc::io_error);
  CHECK(why.message().find("tree/a") != std::string::npos);
}

TEST_CASE("a stopped add is cancelled and pins nothing") {
  fixture f;
  write_file(f.directory / "tree/a", "a");
  std::stop_source stop;
  stop.request_stop();
  CHECK(code_of([&] { f.ipfs->add_files({.paths = {f.directory / "tree"}}, {}, {}, stop.get_token()); })
        == errc::cancelled);
}

TEST_CASE("parts of a file are read") {
  fixture f;
  auto text = noise(600'000);
  auto id = f.ipfs->add_str(text).text;
  CHECK(content_of(*f.ipfs, id, 262'140, 10) == text.substr(262'140, 10));
  CHECK(content_of(*f.ipfs, id, 599'999) == text.substr(599'999));
  CHECK(content_of(*f.ipfs, id, 600'000).empty());
  CHECK(content_of(*f.ipfs, id, 0, 0).empty());
}

TEST_CASE("a reader outlives the engine's other work and the engine itself") {
  fixture f;
  auto text = noise(600'000);
  auto reader = f.ipfs->open_reader(f.ipfs->add_str(text).text);
  f.ipfs.reset();
  std::string read;
  while (auto piece = reader.next()) read += engine::text_of(*piece);
  CHECK(read == text);
}

TEST_CASE("stat describes files, directories, links and raw blocks") {
  fixture f;
  write_vector_trees(f.directory.path());
  auto planets = f.ipfs->add_file(f.directory / "planets").root;
  CHECK(f.ipfs->stat(planets.text) == node_stat{planets, kind::directory, 0, 146, 2});
  CHECK(f.ipfs->stat(planets.text + "/mars.txt").size == 12);
  auto link = f.ipfs->add_file(f.directory / "links/bad").root;
  CHECK(f.ipfs->stat(link.text) == node_stat{link, kind::symlink, 20, 26, 0});
  auto file = f.ipfs->add_str(noise(262'145));
  auto described = f.ipfs->stat(file.text);
  CHECK(described.kind == kind::file);
  CHECK(described.size == 262'145);
  CHECK(described.cumulative_size == 262'267);
  CHECK(described.links == 2);
  auto raw = in_memory(engine::import_options::unixfs_v1_2025());
  auto leaf = raw->add_str("hello world");
  CHECK(raw->stat(leaf.text) == node_stat{leaf, kind::raw, 11, 11, 0});
}

TEST_CASE("requests for what is not here or not possible are answered by what is wrong") {
  fixture f;
  write_vector_trees(f.directory.path());
  auto planets = f.ipfs->add_file(f.directory / "planets").root.text;
  const std::string absent = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN";
  for (auto& [path, code] : std::map<std::string, errc>{{"nonsense", errc::bad_request},
                                                        {absent, errc::not_found},
                                                        {planets + "/absent", errc::not_found},
                                                        {planets + "/../x", errc::bad_request},
                                                        {planets + "/mars.txt/x", errc::bad_request},
                                                        {"/ipns/x", errc::unsupported}}) {
    CAPTURE(path);
    CHECK(code_of([&] { f.ipfs->stat(path); }) == code);
    CHECK(code_of([&] { f.ipfs->open_reader(path); }) == code);
    CHECK(code_of([&] { f.ipfs->get_file(path, f.directory.path()); }) == code);
  }
  CHECK(code_of([&] { f.ipfs->open_reader(planets); }) == errc::bad_request);
  CHECK(code_of([&] { f.ipfs->get_file(planets, f.directory.path(), "../x"); }) == errc::bad_request);
  CHECK(code_of([&] { f.ipfs->get_file(planets, f.directory.path(), "planets"); }) == errc::already_exists);
  CHECK(code_of([&] { is_pinned(*f.ipfs, "nonsense"); }) == errc::bad_request);
}

TEST_CASE("everything is there after opening again") {
  fixture f;
  auto text = noise(600'000);
  auto id = f.ipfs->add_str(text).text;
  auto identity = f.ipfs->identity();
  CHECK(identity.agent == "pillar");
  f.reopen();
  CHECK(f.ipfs->identity() == identity);
  CHECK(is_pinned(*f.ipfs, id));
  CHECK(content_of(*f.ipfs, id) == text);
  CHECK(f.ipfs->notes().empty());
}

TEST_CASE("a changed byte in a copy of a repository is detected") {
  fixture f;
  auto text = noise(300'000);
  auto id = f.ipfs->add_str(text).text;
  f.ipfs.reset();
  fs::copy(f.directory / "repository", f.directory / "copy", fs::copy_options::recursive);
  flip_byte(f.directory / "copy/segments/0001.car", 200'000);
  std::unique_ptr<backend> copy = embedded_ipfs::open(f.directory / "copy");
  auto why = failure_of([&] { content_of(*copy, id); });
  CHECK(why.code() == errc::damaged);
  CHECK(why.message().find("Qm") != std::string::npos);
  CHECK(code_of([&] { copy->get_file(id, f.directory.path(), "copied"); }) == errc::damaged);
  CHECK_FALSE(fs::exists(f.directory / "copied"));
  CHECK(content_of(*f.open(), id) == text);
}

TEST_CASE("a full disk is answered and reads go on") {
  fixture f;
  auto id = f.ipfs->add_str("before").text;
  write_file(f.directory / "large", noise(3'000'000));
  f.files.set_space(1'000'000);
  CHECK(code_of([&] { f.ipfs->add_file(f.directory / "large"); }) == errc::storage_full);
  CHECK(content_of(*f.ipfs, id) == "before");
  f.files.heal();
  auto large = f.ipfs->add_file(f.directory / "large");
  CHECK(content_of(*f.ipfs, large.root.text) == noise(3'000'000));
}

TEST_CASE("many threads add and read the same and different things") {
  fixture f;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 10; ++i) {
        auto text = noise(100'000 * (i % 4) + i, i % 2 ? i : 100 * t + i);
        auto id = f.ipfs->add_str(text);
        if (content_of(*f.ipfs, id.text) != text || !is_pinned(*f.ipfs, id.text)) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

/// Kills its process in the midst of the nth write or sync, half of which is done.
class deadly_files : public engine::file_system {
public:
  explicit deadly_files(int nth) : left_(nth) {}

  ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) override {
    if (--left_ > 0) return file_system::pwritev(file, parts, count, offset);
    auto part = *parts;
    if (count == 1) part.iov_len /= 2;
    (void)!file_system::pwritev(file, &part, 1, offset);
    die();
  }
  int fdatasync(int file) override {
    if (--left_ <= 0) die();
    return file_system::fdatasync(file);
  }
  int fsync(int file) override {
    if (--left_ <= 0) die();
    return file_system::fsync(file);
  }

private:
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
  }
  std::atomic<int> left_;
};

TEST_CASE("what was acknowledged is there after kill -9 in any write or sync") {
  temporary_directory directory;
  auto repository = directory / "repository";
  std::vector<std::string> acknowledged; // the nth is the CID of text number n
  constexpr auto text = [](std::size_t n) { return noise(n * 7919 % 300'000, n); };
  auto check_all = [&] {
    std::unique_ptr<backend> ipfs = embedded_ipfs::open(repository);
    for (std::size_t n = 0; n < acknowledged.size(); ++n) {
      CHECK(is_pinned(*ipfs, acknowledged[n]));
      CHECK(content_of(*ipfs, acknowledged[n]) == text(n));
    }
  };
  for (int round = 1; round <= 24; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        deadly_files files(round);
        std::unique_ptr<backend> ipfs = embedded_ipfs::open(repository, {.segment_size = 1 << 20, .files = &files});
        for (auto n = acknowledged.size();; ++n) {
          auto line = ipfs->add_str(text(n)).text + "\n";
          if (::write(pipe[1], line.data(), line.size()) < 0) break;
        }
      } catch (const failure& f) {
        (void)!::write(pipe[1], f.what(), f.message().size());
      }
      ::_exit(1);
    }
    ::close(pipe[1]);
    auto* lines = ::fdopen(pipe[0], "r");
    for (char line[512]; std::fgets(line, sizeof line, lines);) {
      acknowledged.emplace_back(line, std::string_view(line).find('\n'));
      REQUIRE(acknowledged.back().starts_with("Qm"));
    }
    std::fclose(lines);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    check_all();
  }
  CHECK(acknowledged.size() > 50);
  fs::remove(repository / "index.sqlite");
  check_all();
}

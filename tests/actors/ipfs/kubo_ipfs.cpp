#include "actors/ipfs/kubo_ipfs.hpp"
#include "actors/ipfs/format/car.hpp"
#include "tests/actors/ipfs/kubo/kubo_support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <vector>

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;
using ipfs::kubo_ipfs;

namespace {

/// A daemon that answers every command as the test says, and is otherwise well.
class fake_daemon {
public:
  explicit fake_daemon(std::map<std::string, std::string> replies)
      : replies_(std::move(replies)), server_([this](scripted_connection& c) { serve(c); }) {
    replies_.try_emplace("version", http_reply(R"({"Version": "0.39.0"})"));
    replies_.try_emplace("id", http_reply(R"({"ID": "12D3Koo", "AgentVersion": "kubo/0.39.0/"})"));
  }

  std::unique_ptr<ipfs::backend> open() { return kubo_ipfs::open({.client = {.api = server_.address()}}); }

  /// The requests so far that begin so.
  std::vector<std::string> asked(std::string_view begin) {
    std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    std::ranges::copy_if(targets_, std::back_inserter(out), [&](auto& t) { return t.starts_with(begin); });
    return out;
  }

private:
  /// By the whole of what is asked, or by the command.
  void serve(scripted_connection& c) {
    for (;;) {
      auto request = c.request();
      auto target = request.substr(13, request.find(' ', 13) - 13); // behind "POST /api/v0/"
      {
        std::lock_guard lock(mutex_);
        targets_.push_back(target);
      }
      auto reply = replies_.find(target);
      c.send(reply == replies_.end() ? replies_.at(target.substr(0, target.find('?'))) : reply->second);
    }
  }

  std::map<std::string, std::string> replies_;
  std::mutex mutex_;
  std::vector<std::string> targets_;
  scripted_server server_;
};

/// What a text gets.
std::string cid_of(std::string_view text) {
  std::unique_ptr<ipfs::backend> ipfs = ipfs::embedded_ipfs::in_memory();
  return ipfs->add_str(text).text;
}

failure failure_of_add(const std::string& reply) {
  fake_daemon daemon({{"add", reply}});
  auto ipfs = daemon.open();
  return failure_of([&] { ipfs->add_str("hello"); });
}

std::string lines(std::string_view content) {
  return chunked_head() + chunk(content) + chunks_end();
}

std::string raw_cid(std::string_view block) {
  using namespace ipfs::engine;
  return content_id(1, codec::raw, hash_of(hash_function::sha2_256, view_of(block))).to_string();
}

/// An archive of raw blocks, all of which are roots.
void write_archive(const std::filesystem::path& path, const std::vector<std::string>& blocks) {
  using namespace ipfs::engine;
  std::vector<content_id> roots;
  for (const auto& block : blocks) roots.push_back(content_id::parse(raw_cid(block)));
  auto archive = std::string(text_of(car_header(roots)));
  for (std::size_t i = 0; i < blocks.size(); ++i)
    archive += std::string(text_of(section_head(roots[i], blocks[i].size()))) + blocks[i];
  write_file(path, archive);
}

constexpr auto missing =
    "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"; // of "hello\n", which nobody was asked to add

} // namespace

TEST_CASE("a Kubo engine says who the daemon is") {
  fake_daemon daemon({});
  CHECK(daemon.open()->identity() == ipfs::identity{"12D3Koo", "kubo/0.39.0/"});
}

TEST_CASE("a daemon that stores content as something else, or does not say as what, is not believed") {
  auto right = cid_of("hello");
  {
    fake_daemon daemon({{"add", lines("{\"Name\":\"\",\"Bytes\":5}\n{\"Name\":\"\",\"Hash\":\"" + right + "\"}\n")}});
    CHECK(daemon.open()->add_str("hello").text == right);
  }
  auto other = failure_of_add(lines("{\"Name\":\"\",\"Hash\":\"" + std::string(missing) + "\"}\n"));
  CHECK(other.code() == errc::incompatible);
  CHECK(other.message().find(right) != std::string::npos);
  CHECK(other.message().find(missing) != std::string::npos);
  CHECK(failure_of_add(lines("{\"Name\":\"\",\"Hash\":\"no CID\"}\n")).code() == errc::incompatible);
  CHECK(failure_of_add(lines("{\"Name\":\"\",\"Bytes\":5}\n")).code() == errc::io_error);
  CHECK(failure_of_add(lines("")).code() == errc::io_error);
  CHECK(failure_of_add(lines("[1]\n7\n")).code() == errc::io_error);
  CHECK(failure_of_add(chunked_head() + chunk("{\"Name\":\"\",\"Hash\":\"" + right + "\"}\n")
                       + chunks_end("X-Stream-Error: no space left on device"))
            .code()
        == errc::storage_full);
}

TEST_CASE("a block that is not what its CID says is never served") {
  fake_daemon daemon({{"block/get", http_reply("not that block")}});
  auto ipfs = daemon.open();
  temporary_directory directory;
  CHECK(failure_of([&] { ipfs->stat(missing); }).code() == errc::damaged);
  CHECK(failure_of([&] { ipfs->block_get({missing}); }).code() == errc::damaged);
  CHECK(failure_of([&] { ipfs->open_reader(missing); }).code() == errc::damaged);
  CHECK(failure_of([&] { ipfs->get_file(missing, directory.path()); }).code() == errc::damaged);
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a block that is larger than blocks can be is not taken") {
  fake_daemon daemon({{"block/get", http_reply(std::string((2 << 20) + 1, 'x'))}});
  CHECK(failure_of([&] { daemon.open()->block_get({missing}); }).code() == errc::io_error);
}

TEST_CASE("an inlined block is not asked for") {
  fake_daemon daemon({});
  auto block = daemon.open()->block_get({"bafkqabtimvwgy3yk"}); // "hello\n" in the CID itself
  CHECK(ipfs::engine::text_of(block) == "hello\n");
}

TEST_CASE("an archive of another root, or with a block that is not its CID's, is refused") {
  fake_daemon daemon({{"dag/export", lines("garbage")}});
  std::string got;
  auto f = failure_of([&] { daemon.open()->dag_export(missing, [&](auto b) { got += ipfs::engine::text_of(b); }); });
  CHECK(f.code() == errc::damaged);
  CHECK(got.empty());
}

TEST_CASE("a pin or import without its last word has failed") {
  fake_daemon daemon({{"pin/add", lines("{\"Progress\":1}\n")}, {"dag/import", lines("")}});
  auto ipfs = daemon.open();
  temporary_directory directory;
  write_archive(directory / "a.car", {"hello"});
  CHECK(failure_of([&] { ipfs->pin_add(missing); }).code() == errc::io_error);
  CHECK(failure_of([&] { ipfs->dag_import(directory / "a.car"); }).code() == errc::io_error);
}

TEST_CASE("no root of an archive is pinned when one of them is not whole") {
  auto roots = std::vector{raw_cid("one"), raw_cid("two")};
  auto refs = [](const std::string& root) {
    return "refs?arg=" + root + "&recursive=true&unique=true&format=-&offline=true";
  };
  fake_daemon daemon({{"dag/import", lines("{\"Stats\":{\"BlockCount\":2,\"BlockBytesCount\":6}}\n")},
                      {refs(roots[0]), lines("")},
                      {refs(roots[1]), lines("{\"Ref\":\"\",\"Err\":\"block was not found locally (offline)\"}\n")},
                      {"pin/add", lines("{\"Pins\":[\"Qm\"]}\n")}});
  temporary_directory directory;
  write_archive(directory / "a.car", {"one", "two"});
  auto ipfs = daemon.open();
  CHECK(failure_of([&] { ipfs->dag_import(directory / "a.car"); }).code() == errc::not_found);
  CHECK(daemon.asked("pin/add").empty());
  write_archive(directory / "a.car", {"one"});
  CHECK(ipfs->dag_import(directory / "a.car") == ipfs::imported{{{roots[0]}}, 1, 3});
  CHECK(daemon.asked("pin/add").size() == 1);
}

TEST_CASE("an archive that is none, or damaged, or ends too early, pins nothing") {
  fake_daemon daemon({{"dag/import", lines("")}});
  auto ipfs = daemon.open();
  temporary_directory directory;
  write_file(directory / "none", "this is no archive");
  write_archive(directory / "cut", {"hello", "world"});
  std::filesystem::resize_file(directory / "cut", std::filesystem::file_size(directory / "cut") - 2);
  write_archive(directory / "damaged", {"hello"});
  flip_byte(directory / "damaged", std::filesystem::file_size(directory / "damaged") - 1);
  CHECK(failure_of([&] { ipfs->dag_import(directory / "absent"); }).code() == errc::not_found);
  CHECK(failure_of([&] { ipfs->dag_import(directory / "none"); }).code() == errc::bad_request);
  for (auto name : {"cut", "damaged"})
    CHECK(failure_of([&] { daemon.open()->dag_import(directory / name); }).code() == errc::damaged);
}

TEST_CASE("what garbage collection cannot remove is told after the rest") {
  fake_daemon daemon(
      {{"repo/gc", chunked_head() + chunk("{\"Key\":{\"/\":\"Qm1\"}}\n{\"Error\":\"permission denied\"}\n")
                       + chunk("{\"Key\":{\"/\":\"Qm2\"}}\n")
                       + chunks_end("X-Stream-Error: encountered errors during gc run")}});
  std::vector<std::string> removed;
  auto f = failure_of([&] { daemon.open()->gc([&](const ipfs::cid& id) { removed.push_back(id.text); }); });
  CHECK(f.code() == errc::read_only);
  CHECK(removed == std::vector<std::string>{"Qm1", "Qm2"});
}

TEST_CASE("lists may be empty or null") {
  for (auto reply : {"", "{}\n", "{\"Keys\":null}\n"}) {
    fake_daemon daemon({{"pin/ls", lines(reply)}, {"repo/gc", lines("")}});
    auto ipfs = daemon.open();
    auto count = 0;
    auto list = [&] { ipfs->pin_ls({}, [&](const auto&) { ++count; }); };
    if (std::string_view(reply).empty()) list();
    else CHECK(failure_of(list).code() == errc::io_error); // such a line is no pin
    CHECK(count == 0);
    ipfs->gc([&](const auto&) { ++count; });
    CHECK(count == 0);
  }
}

#include "actors/ipfs/kubo_ipfs.hpp"
#include "tests/actors/ipfs/kubo_support.hpp"
#include "tests/support/temporary_directory.hpp"

#include <map>

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

  std::unique_ptr<kubo_ipfs> open() { return kubo_ipfs::open({.client = {.api = server_.address()}}); }

private:
  void serve(scripted_connection& c) {
    for (;;) {
      auto request = c.request();
      auto command = request.substr(13, request.find_first_of("? ", 13) - 13); // behind "POST /api/v0/"
      c.send(replies_.at(command));
    }
  }

  std::map<std::string, std::string> replies_;
  scripted_server server_;
};

failure failure_of_add(const std::string& reply) {
  fake_daemon daemon({{"add", reply}});
  auto ipfs = daemon.open();
  return failure_of([&] { ipfs->add_str("hello"); });
}

std::string lines(std::string_view content) {
  return chunked_head() + chunk(content) + chunks_end();
}

constexpr auto missing =
    "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"; // of "hello\n", which nobody was asked to add

} // namespace

TEST_CASE("a Kubo engine says who the daemon is") {
  fake_daemon daemon({});
  CHECK(daemon.open()->identity() == ipfs::identity{"12D3Koo", "kubo/0.39.0/"});
}

TEST_CASE("a daemon that stores content as something else, or does not say as what, is not believed") {
  auto right = ipfs::embedded_ipfs::in_memory()->add_str("hello").text;
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
  CHECK(failure_of([&] { ipfs->block_get(missing); }).code() == errc::damaged);
  CHECK(failure_of([&] { ipfs->open_reader(missing); }).code() == errc::damaged);
  CHECK(failure_of([&] { ipfs->get_file(missing, directory.path()); }).code() == errc::damaged);
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("a block that is larger than blocks can be is not taken") {
  fake_daemon daemon({{"block/get", http_reply(std::string((2 << 20) + 1, 'x'))}});
  CHECK(failure_of([&] { daemon.open()->block_get(missing); }).code() == errc::io_error);
}

TEST_CASE("an inlined block is not asked for") {
  fake_daemon daemon({});
  auto block = daemon.open()->block_get("bafkqabtimvwgy3yk"); // "hello\n" in the CID itself
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
  fake_daemon daemon({{"pin/add", lines("{\"Progress\":1}\n")},
                      {"dag/import", lines("{\"Root\":{\"Cid\":{\"/\":\"Qm\"},\"PinErrorMsg\":\"\"}}\n")}});
  auto ipfs = daemon.open();
  CHECK(failure_of([&] { ipfs->pin_add(missing); }).code() == errc::io_error);
  CHECK(failure_of([&] { ipfs->dag_import([](auto) { return 0; }); }).code() == errc::io_error);
}

TEST_CASE("a root of an archive that cannot be pinned fails the import") {
  fake_daemon daemon({{"dag/import", lines("{\"Root\":{\"Cid\":{\"/\":\"Qm\"},\"PinErrorMsg\":\"could not find Qx\"}}\n"
                                           "{\"Stats\":{\"BlockCount\":1,\"BlockBytesCount\":2}}\n")}});
  CHECK(failure_of([&] { daemon.open()->dag_import([](auto) { return 0; }); }).code() == errc::not_found);
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
    auto list = [&] { ipfs->for_each_pin({}, [&](const auto&) { ++count; }); };
    if (std::string_view(reply).empty()) list();
    else CHECK(failure_of(list).code() == errc::io_error); // such a line is no pin
    CHECK(count == 0);
    CHECK(ipfs->gc() == 0);
  }
}

#include "actors/ipfs/kubo/kubo_block_store.hpp"

#include "actors/ipfs/files/file_reader.hpp"
#include "actors/ipfs/format/dag_pb.hpp"
#include "tests/actors/ipfs/kubo/kubo_support.hpp"

#include <algorithm>
#include <map>
#include <mutex>

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;

namespace {

/// A daemon that has blocks, and notes which it is asked for.
class block_daemon {
public:
  block_daemon() : server_([this](scripted_connection& c) { serve(c); }) {}

  content_id put(codec c, bytes_view block) {
    content_id id(1, c, hash_of(hash_function::sha2_256, block));
    std::lock_guard lock(mutex_);
    blocks_[id.to_string()] = std::string(text_of(block));
    return id;
  }

  void put_wrong(const content_id& id, std::string block) {
    std::lock_guard lock(mutex_);
    blocks_[id.to_string()] = std::move(block);
  }

  /// A file of `count` leaves with 10 bytes each.
  content_id put_file(std::size_t count) {
    std::vector<pb_link> links;
    unixfs_node node{.file_size = 10 * count};
    for (std::size_t i = 0; i < count; ++i) {
      auto text = std::to_string(i);
      text.resize(10, '.');
      links.push_back({put(codec::raw, view_of(text)), "", 10});
      node.block_sizes.push_back(10);
    }
    return put(codec::dag_pb, encode_dag_pb(links, encode_unixfs(node)));
  }

  std::shared_ptr<kubo_block_store> store() {
    return std::make_shared<kubo_block_store>(
        std::make_shared<kubo_client>(kubo_client_options{.api = server_.address()}), kubo_search{.offline = true});
  }

  std::size_t asked() const {
    std::lock_guard lock(mutex_);
    return asked_;
  }

  bool closes_after_each = false; ///< as a daemon does that is restarted again and again

private:
  void serve(scripted_connection& c) {
    do {
      auto request = c.request();
      auto begin = request.find("arg=") + 4;
      auto id = request.substr(begin, request.find('&', begin) - begin);
      std::unique_lock lock(mutex_);
      ++asked_;
      auto at = blocks_.find(id);
      auto reply = at == blocks_.end()
                       ? http_reply(R"({"Message":"could not find it","Type":"error"})", "500 Internal Server Error")
                       : http_reply(at->second);
      lock.unlock();
      c.send(reply);
    } while (!closes_after_each);
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> blocks_;
  std::size_t asked_ = 0;
  scripted_server server_;
};

std::string content_of(std::shared_ptr<block_store> store, const content_id& id, std::uint64_t offset = 0,
                       std::optional<std::uint64_t> length = {}) {
  std::string out;
  file_reader reader(store, load(*store, id), offset, length);
  while (auto piece = reader.next()) out += text_of(*piece);
  return out;
}

} // namespace

TEST_CASE("a file is read whole from a daemon that is asked for blocks ahead, each once") {
  for (bool closes : {false, true}) {
    block_daemon daemon;
    daemon.closes_after_each = closes;
    auto id = daemon.put_file(50);
    auto content = content_of(daemon.store(), id);
    CHECK(content.size() == 500);
    CHECK(content.substr(490) == "49........");
    CHECK(daemon.asked() == 51);
  }
}

TEST_CASE("a part of a file costs its blocks, and no more than a few ahead") {
  block_daemon daemon;
  auto id = daemon.put_file(50);
  CHECK(content_of(daemon.store(), id, 300, 10) == "30........");
  CHECK(daemon.asked() == 2);
  CHECK(content_of(daemon.store(), id, 0, 30) == "0.........1.........2.........");
  CHECK(daemon.asked() <= 2 + 4 + kubo_block_store::ahead);
}

TEST_CASE("nested nodes of a file are read in order, and equal blocks as often as they occur") {
  block_daemon daemon;
  auto inner = daemon.put_file(20);
  auto leaf = daemon.put(codec::raw, view_of("0123456789"));
  std::vector<pb_link> links{{inner, "", 200}, {leaf, "", 10}, {leaf, "", 10}, {inner, "", 200}, {leaf, "", 10}};
  unixfs_node node{.file_size = 430, .block_sizes = {200, 10, 10, 200, 10}};
  auto id = daemon.put(codec::dag_pb, encode_dag_pb(links, encode_unixfs(node)));
  auto content = content_of(daemon.store(), id);
  REQUIRE(content.size() == 430);
  CHECK(content.substr(190, 30) == "19........01234567890123456789");
  CHECK(content.substr(0, 200) == content.substr(220, 200));
  CHECK(content.substr(420) == "0123456789");
}

TEST_CASE("a block that is missing in the midst of a file is not found when it is wanted, not before") {
  block_daemon daemon;
  std::vector<pb_link> links;
  unixfs_node node{.file_size = 100};
  for (int i = 0; i < 10; ++i) {
    auto text = "leaf " + std::to_string(i) + "....";
    content_id id(1, codec::raw, hash_of(hash_function::sha2_256, view_of(text)));
    if (i != 6) daemon.put(codec::raw, view_of(text));
    links.push_back({id, "", 10});
    node.block_sizes.push_back(10);
  }
  auto id = daemon.put(codec::dag_pb, encode_dag_pb(links, encode_unixfs(node)));
  auto store = daemon.store();
  file_reader reader(store, load(*store, id), 0, {});
  for (int i = 0; i < 6; ++i) CHECK(reader.next());
  CHECK(failure_of([&] { reader.next(); }).code() == errc::not_found);
}

TEST_CASE("a block that was asked for ahead is verified as every other") {
  block_daemon daemon;
  auto right = daemon.put_file(10);
  auto store = daemon.store();
  file_reader reader(store, load(*store, right), 0, {});
  // The fourth leaf's CID gets another leaf's bytes.
  content_id fourth(1, codec::raw, hash_of(hash_function::sha2_256, view_of("3.........")));
  daemon.put_wrong(fourth, "4.........");
  for (int i = 0; i < 3; ++i) CHECK(reader.next());
  CHECK(failure_of([&] { reader.next(); }).code() == errc::damaged);
}

TEST_CASE("nothing is written through the blocks of a daemon, and pins can be looked up") {
  scripted_server server([](scripted_connection& c) {
    for (;;) {
      auto request = c.request();
      auto direct = request.find("type=direct") != request.npos;
      c.send(direct
                 ? http_reply("{\"Cid\":\"Qm\",\"Type\":\"direct\",\"Name\":\"mine\"}\n")
                 : http_reply(R"({"Message":"path 'Qm' is not pinned","Type":"error"})", "500 Internal Server Error"));
    }
  });
  kubo_block_store store(std::make_shared<kubo_client>(kubo_client_options{.api = server.address()}), {});
  CHECK(failure_of([&] { store.begin(); }).code() == errc::unsupported);
  content_id id(1, codec::raw, hash_of(hash_function::sha2_256, view_of("x")));
  CHECK(store.find_pin(id) == pin{id, pin_mode::direct, "mine"});
}

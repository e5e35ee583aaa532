#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/standard.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/deterministic_node.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

struct fixture {
  fixture() {
    serve_ipfs(n.node(), [this] { return engine; }, 1);
    n->start();
    n.run();
  }
  test::temporary_directory directory;
  std::shared_ptr<ipfs::backend> engine = ipfs::embedded_ipfs::open(directory / "data");
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a file that nobody waits for any more is not written") {
  auto content = engine->add_str("content").text;
  auto ask = [&](const char* name) {
    return n.start_ask(ipfs::get_file{.path = content, .into = directory.path(), .name = name}, name, 5s);
  };
  n.pool().held = true;
  auto late = ask("late");
  n.run();
  n.advance(6s);
  auto in_time = ask("in-time");
  n.run();
  n.pool().held = false;
  n.run();
  CHECK(late.error() == "expired");
  CHECK_FALSE(exists(directory / "late"));
  CHECK(in_time.ready());
  CHECK(test::read_file(directory / "in-time") == "content");
}

TEST_CASE_FIXTURE(fixture, "a tree that nobody waits for any more is not added") {
  test::write_file(directory / "tree/a", "content");
  n.pool().held = true;
  auto late = n.start_ask(ipfs::add_file{.path = directory / "tree"}, "late", 5s);
  n.run();
  n.advance(6s);
  n.pool().held = false;
  n.run();
  CHECK(late.error() == "expired");
  engine->pin_ls({}, [](const ipfs::pinned& p) { FAIL("pinned: ", p.id.text); });
}

TEST_CASE_FIXTURE(fixture,
                  "a block that was read lately is answered while the pool is busy, and others when it is free") {
  auto first = engine->block_put(ipfs::engine::view_of("first")).id;
  auto second = engine->block_put(ipfs::engine::view_of("second")).id;
  engine->block_get(first);
  n.pool().held = true;
  auto quick = n.start_ask(ipfs::block_get{first}, "quick");
  auto slow = n.start_ask(ipfs::block_get{second}, "slow");
  n.run();
  CHECK(quick.ready());
  CHECK_FALSE(slow.ready());
  n.pool().held = false;
  n.run();
  CHECK(slow.ready());
}

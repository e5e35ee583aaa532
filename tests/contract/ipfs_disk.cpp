/// What interfaces/ipfs.hpp promises about a store on a disk, also one that fails.
#include "tests/contract/ipfs_support.hpp"

using namespace pillar;
using namespace pillar::test;
using ipfs::add_file;
using ipfs::add_str;
using ipfs::cat;
using ipfs::get_file;
namespace fs = std::filesystem;

TEST_CASE("what was added on a disk, and who the store is, outlasts the node") {
  contract_node node(backend::disk);
  auto tree = add_tree(node).root.text;
  auto text = node.ask(add_str{"hello world"}).text;
  auto identity = node.ask(ipfs::get_id{});
  node.restart();
  CHECK(text_of(node, text) == "hello world");
  CHECK(text_of(node, tree + "/sub/b") == "content of b");
  CHECK(node.ask(ipfs::get_id{}) == identity);
}

TEST_CASE("a spoilt block is named and never served") {
  contract_node node(backend::disk);
  auto large = noise(1'000'000);
  write_file(node.path("large"), large);
  auto id = node.ask(add_file{.path = node.path("large")}).root.text;
  auto fine = node.ask(add_str{"hello world"}).text;
  node.stop();
  spoil(node.data() / "ipfs", std::string_view(large).substr(600'000, 64)); // in the third block
  node.restart();

  auto all = read(node, {.path = id});
  CHECK(all.error() == "damaged");
  CHECK((large.starts_with(all.text))); // the pieces before it were right
  CHECK(all.text.size() >= 262'144);
  CHECK(read(node, {.path = id, .length = 1000}).error() == "none");
  CHECK(node.error_of(get_file{.path = id, .into = node.path(), .name = "copy"}) == "damaged");
  CHECK(!fs::exists(node.path("copy")));
  CHECK(text_of(node, fine) == "hello world");
  node.ask(add_file{.path = node.path("large")}); // mends it
  CHECK((text_of(node, id) == large));
}

TEST_CASE("a spoilt root block is damaged for everything that reads it") {
  contract_node node(backend::disk);
  auto id = node.ask(add_str{"a text that is easy to find again"}).text;
  node.stop();
  spoil(node.data() / "ipfs", "a text that is easy to find again");
  node.restart();
  CHECK(read(node, {.path = id}).error() == "damaged");
  CHECK(node.error_of(ipfs::stat{id}) == "damaged");
  CHECK(node.error_of(get_file{.path = id, .into = node.path()}) == "damaged");
}

TEST_CASE("a full disk refuses what is new and keeps what was acknowledged") {
  contract_node node(backend::disk);
  auto kept = node.ask(add_str{"kept"}).text;
  write_file(node.path("large"), noise(1'000'000));
  node.files.set_space(100'000);
  CHECK(node.error_of(add_file{.path = node.path("large")}) == "storage_full");
  node.files.set_space(0);
  CHECK(node.error_of(add_str{"new"}) == "storage_full");
  CHECK(text_of(node, kept) == "kept");
  node.files.heal();
  CHECK(text_of(node, node.ask(add_str{"new"}).text) == "new");
  CHECK(node.error_of(add_file{.path = node.path("large")}) == "none");
}

TEST_CASE("a disk that turns read-only refuses what is new and keeps what was acknowledged") {
  contract_node node(backend::disk);
  auto kept = node.ask(add_str{"kept"}).text;
  write_file(node.path("file"), "content");
  for (auto c : {call::write, call::pwritev}) node.files.fail(c, 1, EROFS, true);
  CHECK(node.error_of(add_str{"new"}) == "read_only");
  CHECK(node.error_of(add_file{.path = node.path("file")}) == "read_only");
  CHECK(text_of(node, kept) == "kept");
  node.files.heal();
  CHECK(node.error_of(add_str{"new"}) == "none");
}

TEST_CASE("a file that cannot be read through is an error of reading, and not added") {
  contract_node node(backend::disk);
  write_file(node.path("file"), noise(1'000'000));
  node.files.fail(call::read, 2, EIO);
  CHECK(node.error_of(add_file{.path = node.path("file")}) == "io_error");
  CHECK(node.error_of(add_file{.path = node.path("file")}) == "none");
}

TEST_CASE("a target that is full or read-only says so, and leaves nothing half written") {
  contract_node node(backend::disk);
  write_file(node.path("large"), noise(1'000'000));
  auto id = node.ask(add_file{.path = node.path("large")}).root.text;
  fs::create_directory(node.path("out"));
  node.files.set_space(100'000);
  CHECK(node.error_of(get_file{.path = id, .into = node.path("out")}) == "storage_full");
  node.files.heal();
  CHECK(fs::is_empty(node.path("out")));
  for (auto c : {call::write, call::pwritev}) node.files.fail(c, 1, EROFS, true);
  CHECK(node.error_of(get_file{.path = id, .into = node.path("out")}) == "read_only");
  node.files.heal();
  CHECK(fs::is_empty(node.path("out")));
}

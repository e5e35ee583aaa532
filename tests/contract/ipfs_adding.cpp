/// What interfaces/ipfs_content.hpp promises of adding, over every backend.
#include "tests/contract/ipfs_support.hpp"

#include <algorithm>
#include <map>

using namespace pillar;
using namespace pillar::test;
using namespace pillar::test::literals;
using ipfs::add_bytes;
using ipfs::add_file;
using ipfs::add_files;
using ipfs::add_options;
using ipfs::add_progress;
using ipfs::add_str;
using ipfs::upload_begin;
using ipfs::upload_cancel;
using ipfs::upload_data;
using ipfs::upload_end;
namespace fs = std::filesystem;

namespace {

/// The items with an id, by name.
std::map<std::string, std::string> roots_of(const std::vector<add_progress>& items) {
  std::map<std::string, std::string> out;
  for (auto& p : items)
    if (p.id) out[p.name] = p.id->text;
  return out;
}

std::vector<ipfs::pinned> pins_named(contract_node& node, std::string name) {
  return read_all(node, ipfs::pin_ls{.kind = {}, .path = {}, .name = std::move(name)}).items;
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("every option of adding leads to the CID that ipfs add gives") {
  with_every_ipfs([](contract_node& node) {
    // Of "hello world", by Kubo 0.39.
    auto id = [&](add_options options) {
      auto found = node.ask(add_str{"hello world", options});
      CHECK(node.ask(add_bytes{to_bytes("hello world"), options}) == found);
      options.only_hash = true;
      CHECK(node.ask(add_str{"hello world", options}) == found);
      return found.text;
    };
    CHECK(id({}) == hello_cid);
    CHECK(id({.profile = "unixfs-v0-2015"}) == hello_cid);
    CHECK(id({.profile = "unixfs-v1-2025"}) == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    CHECK(id({.cid_version = 1}) == "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    CHECK(id({.cid_version = 1, .raw_leaves = false}) == "bafybeihykld7uyxzogax6vgyvag42y7464eywpf55gxi5qpoisibh3c5wa");
    CHECK(id({.cid_version = 1, .inline_limit = 20}) == "bafkqac3imvwgy3zao5xxe3de");
    for (auto hash : {"sha2-512", "blake2b-256", "blake3"}) CHECK(id({.hash = hash}).starts_with("bafk"));
    CHECK(id({.trickle = true}) != hello_cid);
    CHECK(id({.chunker = "size-4"}) != hello_cid);
    CHECK(id({.chunker = "rabin"}) == hello_cid);
    CHECK(id({.chunker = "buzhash"}) == hello_cid);
    CHECK(id({.mode = 0640}) != hello_cid);
    CHECK(id({.mode = 0640}) != id({.mtime = ipfs::timestamp{1604320482, 54321}}));
  });
}

TEST_CASE("options that cannot be are refused, whatever is added") {
  with_every_ipfs([](contract_node& node) {
    write_file(node.path("file"), "hello world");
    const std::vector<add_options> bad{{.profile = "nothing"},
                                       {.cid_version = 2},
                                       {.chunker = "size-0"},
                                       {.chunker = "nothing"},
                                       {.hash = "md5"},
                                       {.cid_version = 0, .hash = "blake3"},
                                       {.inline_limit = 129},
                                       {.raw_leaves = true, .mode = 0644},
                                       {.mtime = ipfs::timestamp{1, 1'000'000'000}}};
    for (std::size_t i = 0; i < bad.size(); ++i) {
      CAPTURE(i);
      CHECK(node.error_of(add_str{"hello world", bad[i]}) == "bad_request");
      CHECK(node.error_of(add_bytes{"hello world"_bytes, bad[i]}) == "bad_request");
      CHECK(node.error_of(add_file{.path = node.path("file"), .options = bad[i]}) == "bad_request");
      CHECK(read_all(node, add_files{.paths = {node.path("file")}, .options = bad[i]}).error() == "bad_request");
      CHECK(node.error_of(upload_begin{bad[i]}) == "bad_request");
    }
    CHECK(node.error_of(add_str{"hello world", {.pin_name = std::string(256, 'x')}}) == "too_large");
  });
}

TEST_CASE("what is added is pinned by a name, unless it is not to be, or is only hashed") {
  with_every_ipfs([](contract_node& node) {
    auto named = node.ask(add_str{"named", {.pin_name = "the name"}});
    CHECK(pins_named(node, "the name") == std::vector<ipfs::pinned>{{named, ipfs::pin_kind::recursive, "the name"}});
    auto loose = node.ask(add_str{"loose", {.pin = false}});
    auto hashed = node.ask(add_str{"hashed", {.only_hash = true}});
    CHECK(read_all(node, ipfs::pin_ls{.kind = {}, .path = loose.text}).error() == "not_found");
    CHECK(read_all(node, ipfs::pin_ls{.kind = {}, .path = hashed.text}).error() == "not_found");
    CHECK(text_of(node, loose.text) == "loose");
    CHECK(read(node, {.path = hashed.text}).error() == "not_found");
    write_file(node.path("file"), "only hashed, too");
    auto file = node.ask(add_file{.path = node.path("file"), .options = {.only_hash = true}});
    CHECK(file.size == 16);
    CHECK(read(node, {.path = file.root.text}).error() == "not_found");
    add_tree(node);
    auto tree = node.ask(add_file{.path = node.path("tree"), .hidden = true, .options = {.only_hash = true}}).root;
    CHECK(node.error_of(ipfs::stat{tree.text}) == "not_found");
  });
}

TEST_CASE("several files and trees are added each by itself, with their progress") {
  with_every_ipfs([](contract_node& node) {
    auto large = noise(1'000'000);
    write_file(node.path("large"), large);
    auto tree = add_tree(node).root.text;
    auto all =
        read_all(node, add_files{.paths = {node.path("tree"), node.path("large")}, .options = {.pin_name = "both"}});
    CHECK(all.error() == "none");
    auto roots = roots_of(all.items);
    CHECK(roots["tree"] == tree);
    CHECK((text_of(node, roots["large"]) == large));
    for (auto name : {"tree/a", "tree/link", "tree/nothing", "tree/sub", "tree/sub/b", "tree/sub/empty"})
      CHECK(roots.contains(name));
    CHECK(roots.size() == 8);
    CHECK(text_of(node, roots["tree/sub/b"]) == "content of b");
    CHECK(pins_named(node, "both").size() == 2);

    std::uint64_t so_far = 0;
    int steps = 0;
    for (auto& p : all.items)
      if (p.name == "large" && !p.id) {
        CHECK(p.size >= so_far);
        so_far = p.size;
        ++steps;
      }
    CHECK(steps >= 3);
    // The roots come last, with the size of their blocks.
    REQUIRE(all.items.size() >= 2);
    auto last = all.items.end()[-1], first = all.items.end()[-2];
    CHECK(last.id);
    CHECK(last.name == "large");
    CHECK(first.name == "tree");
    CHECK(last.size == node.ask(ipfs::stat{roots["large"]}).cumulative_size);
    CHECK(first.size == node.ask(ipfs::stat{roots["tree"]}).cumulative_size);
  });
}

TEST_CASE("several files are wrapped by one directory") {
  with_every_ipfs([](contract_node& node) {
    write_file(node.path("b"), "content of b");
    write_file(node.path("a/x"), "content of x");
    auto all = read_all(node, add_files{.paths = {node.path("b"), node.path("a")}, .wrap = true});
    CHECK(all.error() == "none");
    REQUIRE(!all.items.empty());
    auto root = all.items.back();
    CHECK(root.name.empty());
    REQUIRE(root.id);
    CHECK(text_of(node, root.id->text + "/a/x") == "content of x");
    CHECK(text_of(node, root.id->text + "/b") == "content of b");
    CHECK(roots_of(all.items).size() == 4);
    // One path is wrapped, too, and the same names in another order are the same directory.
    auto again = read_all(node, add_files{.paths = {node.path("a"), node.path("b")}, .wrap = true});
    CHECK(again.items.back().id == root.id);
    auto alone = read_all(node, add_files{.paths = {node.path("b")}, .wrap = true});
    CHECK(text_of(node, alone.items.back().id->text + "/b") == "content of b");
  });
}

TEST_CASE("adding several fails as a whole when one of them cannot be added") {
  with_every_ipfs([](contract_node& node) {
    write_file(node.path("a"), "content of a");
    write_file(node.path("other/a"), "another");
    auto error = [&](std::vector<fs::path> paths) {
      auto all = read_all(node, add_files{.paths = std::move(paths), .options = {.pin_name = "refused"}});
      CHECK(std::ranges::none_of(all.items, [](auto& p) { return p.id && p.name == "a"; })); // no root is told of
      return all.error();
    };
    CHECK(error({}) == "bad_request");
    CHECK(error({node.path("a"), node.path("other/a")}) == "bad_request");
    CHECK(error({node.path("a"), node.path("absent")}) == "not_found");
    CHECK(error({node.path("a"), "/dev/null"}) == "bad_request");
  });
}

TEST_CASE("modes and times are recorded when they are asked for, and described") {
  with_every_ipfs([](contract_node& node) {
    auto tree = node.path("kept");
    write_file(tree / "file", "content");
    fs::permissions(tree / "file", fs::perms(0640));
    fs::last_write_time(tree / "file", fs::file_time_type::clock::from_sys(
                                           std::chrono::sys_seconds(std::chrono::seconds(1'000'000'000))));
    fs::permissions(tree, fs::perms(0750));
    auto kept = node.ask(add_file{.path = tree, .options = {.preserve_mode = true, .preserve_mtime = true}}).root.text;
    auto file = node.ask(ipfs::stat{kept + "/file"});
    CHECK(file.mode == 0640);
    CHECK(file.mtime == ipfs::timestamp{1'000'000'000, 0});
    CHECK(node.ask(ipfs::stat{kept}).mode == 0750);

    auto given = node.ask(add_file{.path = tree, .options = {.mode = 0600, .mtime = ipfs::timestamp{-5, 7}}}).root.text;
    for (auto path : {given, given + "/file"}) {
      CHECK(node.ask(ipfs::stat{path}).mode == 0600);
      CHECK(node.ask(ipfs::stat{path}).mtime == ipfs::timestamp{-5, 7});
    }
    auto plain = node.ask(ipfs::stat{node.ask(add_file{.path = tree}).root.text + "/file"});
    CHECK(!plain.mode);
    CHECK(!plain.mtime);
    node.ask(ipfs::get_file{.path = kept, .into = node.path(), .name = "copy"});
    CHECK(fs::status(node.path("copy/file")).permissions() == fs::perms(0640));
    CHECK(fs::last_write_time(node.path("copy/file")) == fs::last_write_time(tree / "file"));
  });
}

TEST_CASE("content that is sent piece by piece gets the CID that it has as a whole") {
  with_every_ipfs([](contract_node& node) {
    auto large = noise(2'500'000);
    auto to = node.ask(upload_begin{});
    for (std::size_t at = 0; at < large.size(); at += 1'000'000)
      node.ask(upload_data{to, to_bytes(std::string_view(large).substr(at, 1'000'000))});
    auto added = node.ask(upload_end{to});
    write_file(node.path("large"), large);
    CHECK(added == node.ask(add_file{.path = node.path("large")}));
    CHECK((text_of(node, added.root.text) == large));

    auto empty = node.ask(upload_begin{{.cid_version = 1}});
    CHECK(node.ask(upload_end{empty}).root == node.ask(add_str{"", {.cid_version = 1}}));
  });
}

TEST_CASE("several uploads go on at once") {
  with_every_ipfs([](contract_node& node) {
    std::vector<ipfs::upload> open;
    for (int i = 0; i < 5; ++i) open.push_back(node.ask(upload_begin{}));
    for (int k = 0; k < 3; ++k)
      for (std::size_t i = 0; i < open.size(); ++i) node.ask(upload_data{open[i], to_bytes(std::to_string(i))});
    for (std::size_t i = 0; i < open.size(); ++i) {
      auto text = std::string(3, static_cast<char>('0' + i));
      CHECK(node.ask(upload_end{open[i]}).root == node.ask(add_str{text}));
    }
  });
}

TEST_CASE("an upload that is over takes no more, and one that was cancelled leaves nothing") {
  with_every_ipfs([](contract_node& node) {
    auto ended = node.ask(upload_begin{});
    node.ask(upload_data{ended, "hello world"_bytes});
    CHECK(node.error_of(upload_data{ended, bytes((1 << 20) + 1)}) == "too_large");
    CHECK(node.ask(upload_end{ended}).root.text == hello_cid);
    CHECK(node.error_of(upload_data{ended, "more"_bytes}) == "not_found");
    CHECK(node.error_of(upload_end{ended}) == "not_found");
    node.ask(upload_cancel{ended});

    auto cancelled = node.ask(upload_begin{{.pin_name = "cancelled"}});
    node.ask(upload_data{cancelled, "something"_bytes});
    node.ask(upload_cancel{cancelled});
    CHECK(node.error_of(upload_data{cancelled, "more"_bytes}) == "not_found");
    CHECK(node.error_of(upload_end{cancelled}) == "not_found");
    CHECK(pins_named(node, "cancelled").empty());
    CHECK(node.error_of(upload_data{{4711}, "more"_bytes}) == "not_found");
  });
}

TEST_SUITE_END();

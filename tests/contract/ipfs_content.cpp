/// What interfaces/ipfs_content.hpp promises, over every backend.
#include "actors/ipfs/format/bytes_view.hpp"
#include "tests/contract/ipfs_support.hpp"

#include <algorithm>
#include <limits>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace pillar;
using namespace pillar::test;
using ipfs::add_file;
using ipfs::add_files;
using ipfs::add_str;
using ipfs::cat;
using ipfs::get_archive;
using ipfs::get_file;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_text = 1 << 20, longest_piece = 1 << 20;

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("text is stored under the CID that ipfs add gives") {
  with_every_ipfs([](contract_node& node) {
    CHECK(node.ask(add_str{"hello world"}).text == hello_cid);
    CHECK(node.ask(add_str{""}).text == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
    CHECK(node.ask(add_str{.text = "hello world", .options = {.pin = false}}).text == hello_cid);
    CHECK(text_of(node, hello_cid) == "hello world");
  });
}

TEST_CASE("a text may hold any bytes, up to 1 MiB of them") {
  with_every_ipfs([](contract_node& node) {
    auto most = noise(most_text);
    CHECK((text_of(node, node.ask(add_str{most}).text) == most));
    CHECK(node.error_of(add_str{most + "x"}) == "too_large");
  });
}

TEST_CASE("a file is stored as it is, with its size") {
  with_every_ipfs([](contract_node& node) {
    write_file(node.path("file"), "hello world");
    CHECK(node.ask(add_file{.path = node.path("file")}) == ipfs::added{{hello_cid}, 1, 11});
    auto large = noise(3'000'000);
    write_file(node.path("large"), large);
    auto added = node.ask(add_file{.path = node.path("large"), .options = {.pin = false}});
    CHECK(added.size == large.size());
    CHECK((text_of(node, added.root.text) == large));
  });
}

TEST_CASE("a directory is stored with everything in it, hidden files only when asked for") {
  with_every_ipfs([](contract_node& node) {
    auto added = add_tree(node);
    CHECK(added.files == 4);
    CHECK(added.size == 24);
    CHECK(text_of(node, added.root.text + "/sub/b") == "content of b");
    CHECK(text_of(node, "/ipfs/" + added.root.text + "/a") == "content of a");
    CHECK(read(node, {.path = added.root.text + "/.hidden"}).error() == "not_found");
    auto all = node.ask(add_file{.path = node.path("tree"), .hidden = true});
    CHECK(all.files == 5);
    CHECK(text_of(node, all.root.text + "/.hidden") == "hidden");
  });
}

TEST_CASE("rules leave out what lies in a directory, and never what is given by its path") {
  with_every_ipfs([](contract_node& node) {
    add_tree(node);
    write_file(node.path("tree/.a"), "hidden, too");
    auto add = [&](std::vector<std::string> rules) {
      return node.ask(add_file{.path = node.path("tree"), .hidden = true, .ignore = std::move(rules)});
    };
    auto some = add({"b\n# comment\n.*", "!.hidden", "/sub/empty", "nothing/"});
    CHECK(some.files == 3);
    CHECK(text_of(node, some.root.text + "/.hidden") == "hidden");
    for (auto* gone : {"/.a", "/sub/b", "/sub/empty", "/nothing"})
      CHECK(node.error_of(ipfs::stat{some.root.text + gone}) == "not_found");
    CHECK(node.ask(ipfs::stat{some.root.text + "/sub"}).kind == ipfs::kind::directory);
    CHECK(add({"tree", "/tree"}).files == 6);
    CHECK(node.ask(add_file{.path = node.path("tree/a"), .ignore = {"a"}}).files == 1);

    auto all = read_all(node, add_files{.paths = {node.path("tree")}, .ignore = {"sub", "link"}, .wrap = true});
    CHECK(all.error() == "none");
    CHECK(node.ask(ipfs::stat{all.items.back().id->text + "/tree"}).links == 2);
    auto wrong = std::vector<std::string>{"fine", "["};
    CHECK(node.error_of(add_file{.path = node.path("tree"), .ignore = wrong}) == "bad_request");
    CHECK(read_all(node, add_files{.paths = {node.path("tree")}, .ignore = wrong}).error() == "bad_request");
    fs::remove(node.path("tree/.a"));
    REQUIRE(::mkfifo(node.path("tree/pipe").c_str(), 0600) == 0);
    CHECK(add({"pipe"}).files == 5);
  });
}

TEST_CASE("what is not there, or no file, is not added") {
  with_every_ipfs([](contract_node& node) {
    CHECK(node.error_of(add_file{.path = node.path("absent")}) == "not_found");
    CHECK(node.error_of(add_file{.path = "/dev/null"}) == "bad_request");
    REQUIRE(::mkfifo(node.path("pipe").c_str(), 0600) == 0);
    CHECK(node.error_of(add_file{.path = node.path("pipe")}) == "bad_request");
    CHECK(node.error_of(add_file{.path = node.path()}) == "bad_request"); // it is in there
    fs::remove(node.path("pipe"));
    int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::ranges::copy(node.path("socket").native(), address.sun_path);
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    CHECK(node.error_of(add_file{.path = node.path("socket")}) == "bad_request");
    ::close(socket);
  });
}

TEST_CASE("content comes in pieces of at most 1 MiB") {
  with_every_ipfs([](contract_node& node) {
    auto large = noise(5'000'001);
    write_file(node.path("large"), large);
    auto id = node.ask(add_file{.path = node.path("large")}).root.text;
    auto all = read(node, {.path = id});
    CHECK((all.text == large));
    CHECK(all.longest <= longest_piece);
    CHECK(all.pieces >= 5);
  });
}

TEST_CASE("any part of a file can be read") {
  with_every_ipfs([](contract_node& node) {
    auto large = noise(1'000'000);
    write_file(node.path("large"), large);
    auto id = node.ask(add_file{.path = node.path("large")}).root.text;
    for (std::uint64_t offset : {0u, 1u, 262'143u, 262'144u, 999'999u, 1'000'000u, 2'000'000u})
      for (std::uint64_t length : {0u, 1u, 5u, 262'144u, 300'000u, 3'000'000u}) {
        CAPTURE(offset);
        CAPTURE(length);
        auto all = read(node, {.path = id, .offset = offset, .length = length});
        CHECK(all.error() == "none");
        CHECK((all.text == large.substr(std::min<std::size_t>(offset, large.size()), length)));
      }
    CHECK((read(node, {.path = id, .offset = 999'990}).text == large.substr(999'990)));
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(read(node, {.path = id, .offset = most, .length = most}).text.empty());
  });
}

TEST_CASE("a path that leads to no file is refused") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    auto error = [&](const std::string& path) { return read(node, {.path = path}).error(); };
    for (std::string path : {"", "hello", "Qm", "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfE0", "/ipfs/"}) {
      CAPTURE(path);
      CHECK(error(path) == "bad_request");
    }
    CHECK(error(tree) == "bad_request");
    CHECK(error(tree + "/sub") == "bad_request");
    CHECK(error(tree + "/absent") == "not_found");
    CHECK(error(tree + "/a/below a file") == "bad_request");
    CHECK(error("/ipns/example.org") == "unsupported");
    CHECK(error(absent_cid) == "not_found");
    for (auto path : {absent_cid, "no CID"}) {
      auto expected = path == absent_cid ? "not_found" : "bad_request";
      CHECK(node.error_of(ipfs::stat{path}) == expected);
      CHECK(node.error_of(get_file{.path = path, .into = node.path()}) == expected);
    }
  });
}

TEST_CASE("a tree is written as it was added") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node);
    fs::create_directory(node.path("out"));
    auto got = node.ask(get_file{.path = tree.root.text, .into = node.path("out"), .name = "copy"});
    CHECK(got == ipfs::written{tree.files, tree.size});
    CHECK(node.ask(add_file{.path = node.path("out/copy")}) == tree);
    CHECK(fs::read_symlink(node.path("out/copy/link")) == "a");

    CHECK(node.ask(get_file{.path = tree.root.text + "/sub/b", .into = node.path("out")}) == ipfs::written{1, 12});
    CHECK(read_file(node.path("out/b")) == "content of b");
    node.ask(get_file{.path = tree.root.text, .into = node.path("out")});
    CHECK(read_file(node.path("out") / tree.root.text / "a") == "content of a");
  });
}

TEST_CASE("a tree is an archive, the same each time, under the name that it is given") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    auto archive = [&](const get_archive& request) {
      auto all = read_all(node, request);
      CHECK(all.error() == "none");
      std::string out;
      for (auto& piece : all.items) out += ipfs::engine::text_of(piece);
      CHECK(out.size() % 512 == 0);
      return out;
    };
    auto all = archive({.path = tree, .name = "copy"});
    CHECK(all.starts_with(std::string("copy/\0", 6)));
    for (auto* part : {"copy/nothing/", "copy/sub/b", "copy/link", "content of a"}) CHECK(all.find(part) != all.npos);
    CHECK(all.find("hidden") == all.npos);
    CHECK((archive({.path = tree, .name = "copy"}) == all));
    CHECK((archive({.path = tree, .name = "copy", .time = {1}}) != all));
    CHECK(archive({.path = "/ipfs/" + tree + "/sub/b"}).starts_with(std::string("b\0", 2)));

    auto error = [&](get_archive request) { return read_all(node, std::move(request)).error(); };
    CHECK(error({.path = tree + "/absent"}) == "not_found");
    CHECK(error({.path = absent_cid}) == "not_found");
    CHECK(error({.path = "hello"}) == "bad_request");
    CHECK(error({.path = tree, .name = "../x"}) == "bad_request");
    CHECK(error({.path = tree, .time = {0, 1'000'000'000}}) == "bad_request");
  });
}

TEST_CASE("nothing that exists is overwritten") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    fs::create_directories(node.path("out/sub"));
    write_file(node.path("out/a"), "mine");
    CHECK(node.error_of(get_file{.path = tree + "/a", .into = node.path("out")}) == "already_exists");
    CHECK(node.error_of(get_file{.path = tree + "/sub", .into = node.path("out")}) == "already_exists");
    CHECK(read_file(node.path("out/a")) == "mine");
    CHECK(fs::is_empty(node.path("out/sub")));
  });
}

TEST_CASE("no name and no link leads out of the directory that is written to") {
  with_every_ipfs([](contract_node& node) {
    auto id = node.ask(add_str{"hello world"}).text;
    fs::create_directories(node.path("out/in"));
    auto error = [&](std::string name) {
      return node.error_of(get_file{.path = id, .into = node.path("out/in"), .name = std::move(name)});
    };
    const std::vector<std::string> names{"..", ".", "../x", "a/b", "/x", std::string("a\0b", 3)};
    for (auto& name : names) CHECK(error(name) == "bad_request");
    CHECK(error(std::string(300, 'x')) == "bad_request");
    CHECK(node.error_of(get_file{.path = id, .into = node.path("absent")}) == "not_found");
    CHECK(node.error_of(get_file{.path = id, .into = node.path("out/file")}) == "not_found");

    fs::create_directories(node.path("evil"));
    fs::create_symlink("../../outside", node.path("evil/link"));
    auto evil = node.ask(add_file{.path = node.path("evil")}).root.text;
    CHECK(node.error_of(get_file{.path = evil, .into = node.path("out/in"), .name = "evil"}) == "bad_request");
    CHECK(fs::is_empty(node.path("out/in")));
    CHECK(!fs::exists(node.path("x")));
  });
}

TEST_CASE("a path is described") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    auto root = node.ask(ipfs::stat{tree});
    CHECK(root.id.text == tree);
    CHECK(root.kind == ipfs::kind::directory);
    CHECK(root.size == 0);
    CHECK(root.links == 4);
    auto file = node.ask(ipfs::stat{tree + "/a"});
    CHECK(file.kind == ipfs::kind::file);
    CHECK(file.size == 12);
    CHECK(file.links == 0);
    CHECK(file.cumulative_size > 12);
    CHECK(root.cumulative_size > file.cumulative_size);
    CHECK(node.ask(ipfs::stat{tree + "/link"}).kind == ipfs::kind::symlink);
    CHECK(node.ask(ipfs::stat{"/ipfs/" + tree + "/sub"}).kind == ipfs::kind::directory);

    write_file(node.path("large"), noise(600'000));
    auto large = node.ask(ipfs::stat{node.ask(add_file{.path = node.path("large")}).root.text});
    CHECK(large.size == 600'000);
    CHECK(large.links == 3);
  });
}

TEST_CASE("a directory is listed with what its entries are") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root.text;
    auto all = read_all(node, ipfs::ls{tree});
    CHECK(all.error() == "none");
    REQUIRE(all.items.size() == 4);
    CHECK(all.items[0] == ipfs::entry{"a", node.ask(ipfs::resolve{tree + "/a"}), ipfs::kind::file, 12});
    CHECK(all.items[1] == ipfs::entry{"link", node.ask(ipfs::resolve{tree + "/link"}), ipfs::kind::symlink, 1});
    CHECK(all.items[2] == ipfs::entry{"nothing", node.ask(ipfs::resolve{tree + "/nothing"}), ipfs::kind::directory, 0});
    CHECK(all.items[3].name == "sub");
    CHECK(read_all(node, ipfs::ls{"/ipfs/" + tree + "/sub"}).items.size() == 2);
    CHECK(read_all(node, ipfs::ls{tree + "/nothing"}).items.empty());
    CHECK(read_all(node, ipfs::ls{tree + "/a"}).items.empty());

    write_file(node.path("raw/b"), noise(300'000));
    write_file(node.path("raw/a"), "small");
    auto raw =
        node.ask(add_file{.path = node.path("raw"), .options = {.cid_version = 1, .preserve_mtime = false}}).root;
    auto entries = read_all(node, ipfs::ls{raw.text}).items;
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].kind == ipfs::kind::raw);
    CHECK(entries[0].size == 5);
    CHECK(entries[1].kind == ipfs::kind::file);
    CHECK(entries[1].size == 300'000);
    auto dated = node.ask(add_file{.path = node.path("raw"), .options = {.mode = 0640}}).root;
    CHECK(read_all(node, ipfs::ls{dated.text}).items[0].mode == 0640);
  });
}

TEST_CASE("a directory that is sharded is listed and walked like any other") {
  with_every_ipfs([](contract_node& node) {
    constexpr int entries = 4000;
    const std::string padding(60, 'x');
    for (int i = 0; i < entries; ++i) write_file(node.path("wide") / (std::to_string(i) + padding), "");
    auto wide = node.ask(add_file{.path = node.path("wide")}).root.text;
    auto all = read_all(node, ipfs::ls{wide});
    CHECK(all.error() == "none");
    CHECK(all.items.size() == entries);
    CHECK(text_of(node, wide + "/4" + padding).empty());
    CHECK(node.error_of(ipfs::stat{wide + "/4000" + padding}) == "not_found");
    CHECK(node.ask(ipfs::stat{wide}).kind == ipfs::kind::directory);
  });
}

TEST_CASE("a path is resolved to what it leads to") {
  with_every_ipfs([](contract_node& node) {
    auto tree = add_tree(node).root;
    CHECK(node.ask(ipfs::resolve{tree.text}) == tree);
    CHECK(node.ask(ipfs::resolve{"/ipfs/" + tree.text + "/"}) == tree);
    CHECK(node.ask(ipfs::resolve{"/ipfs/" + tree.text + "/sub/b"}) == node.ask(add_str{"content of b"}));
    for (auto& [path, error] : std::vector<std::pair<std::string, std::string>>{{"no CID", "bad_request"},
                                                                                {tree.text + "/absent", "not_found"},
                                                                                {tree.text + "/a/b", "bad_request"},
                                                                                {tree.text + "/../a", "bad_request"},
                                                                                {"/ipns/example.org", "unsupported"}}) {
      CAPTURE(path);
      CHECK(node.error_of(ipfs::resolve{path}) == error);
      CHECK(node.error_of(ipfs::stat{path}) == error);
      CHECK(read_all(node, ipfs::ls{path}).error() == error);
    }
  });
}

TEST_CASE("a store has one identity") {
  with_every_ipfs([](contract_node& node) {
    auto first = node.ask(ipfs::get_id{});
    CHECK(!first.id.empty());
    CHECK(!first.agent.empty());
    CHECK(node.ask(ipfs::get_id{}) == first);
    contract_node another(backend::memory);
    CHECK(another.ask(ipfs::get_id{}).id != first.id);
  });
}

TEST_SUITE_END();

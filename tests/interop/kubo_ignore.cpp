// What `ipfs add --ignore` leaves out, beside the rules here. Kubo (0.39) holds its rules against each name alone:
// those that are about names are the same on both sides, and those about directories or longer paths leave out nothing
// there.
#include "actors/ipfs/files/tree_importer.hpp"
#include "actors/ipfs/store/discarding_batch.hpp"
#include "tests/actors/ipfs/support.hpp"
#include "tests/support/kubo_daemon.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::test;
using namespace pillar::ipfs::engine;
namespace fs = std::filesystem;

namespace {

void make_tree(const fs::path& root) {
  for (auto* name : {"a.txt", "b.txt", "a.log", "keep.log", "sub/a.txt", "sub/deep/c.log", "sub/deep/keep.log", "foo/x",
                     "foo/foo", "#hash", "!bang", "a*b", "axb", ".hidden", "sub/.hidden", "name with blanks"})
    write_file(root / name, name);
  fs::create_symlink("a.txt", root / "link.txt");
  fs::create_directory(root / "empty");
}

std::string root_of(const fs::path& tree, bool hidden, const std::vector<std::string>& rules) {
  thread_pool pool(1);
  discarding_batch batch;
  node_writer writer({}, batch);
  tree_importer importer(system_files(), writer, pool, {.hidden = hidden, .ignore = ignore_rules(rules)}, {});
  return importer.add(tree).id.to_string();
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("rules about names leave out what ipfs add leaves out") {
  kubo_daemon daemon;
  temporary_directory directory;
  auto tree = directory / "tree";
  make_tree(tree);
  const auto whole = root_of(tree, false, {});
  const std::vector<std::vector<std::string>> all{{"a.txt"},
                                                  {"*.txt", "sub"},
                                                  {"*.log", "!keep.log"},
                                                  {"!keep.log", "*.log"},
                                                  {"foo"},
                                                  {"**/deep"},
                                                  {"[ab].txt"},
                                                  {"\\#hash", "\\!bang"},
                                                  {"a\\*b"},
                                                  {"name with*"},
                                                  {"*"},
                                                  {"empty", "link.txt"},
                                                  {"*.log  ", "# comment", "", "axb"}};
  for (bool hidden : {false, true}) {
    for (auto& rules : all) {
      CAPTURE(rules.front());
      std::vector<std::string> arguments{"add", "-Q", "-r", "-n"};
      if (hidden) arguments.emplace_back("-H");
      auto from_file = arguments;
      std::string text;
      for (auto& rule : rules) {
        arguments.push_back("--ignore=" + rule);
        text += rule + "\n";
      }
      write_file(directory / "rules", text);
      from_file.push_back("--ignore-rules-path=" + (directory / "rules").string());
      arguments.push_back(tree.string());
      from_file.push_back(tree.string());
      const auto mine = root_of(tree, hidden, rules);
      CHECK(mine != whole);
      CHECK(daemon.text(arguments) == mine);
      CHECK(daemon.text(from_file) == mine);
      CHECK(root_of(tree, hidden, {text}) == mine);
    }
  }
}

TEST_CASE("rules about directories and paths leave out nothing in ipfs add, and what they say here") {
  kubo_daemon daemon;
  temporary_directory directory;
  auto tree = directory / "tree";
  make_tree(tree);
  const auto whole = root_of(tree, false, {});
  for (auto* rule : {"foo/", "sub/a.txt", "sub/deep/"}) {
    CAPTURE(rule);
    CHECK(daemon.text({"add", "-Q", "-r", "-n", std::string("--ignore=") + rule, tree.string()}) == whole);
    CHECK(root_of(tree, false, {rule}) != whole);
  }
}

TEST_SUITE_END();

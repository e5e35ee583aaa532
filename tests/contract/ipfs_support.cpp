#include "tests/contract/ipfs_support.hpp"

#include <algorithm>

namespace pillar::test {

namespace fs = std::filesystem;

content read(contract_node& node, ipfs::cat request) {
  content all;
  try {
    auto pieces = node.ask(std::move(request));
    while (auto piece = pieces.next()) {
      all.text += to_text(*piece);
      ++all.pieces;
      all.longest = std::max(all.longest, piece->size());
    }
  } catch (const failure& f) {
    all.failed = f;
  }
  return all;
}

std::string text_of(contract_node& node, const std::string& path) {
  auto all = read(node, {.path = path});
  CHECK(all.error() == "none");
  return all.text;
}

ipfs::added add_tree(contract_node& node) {
  auto tree = node.path("tree");
  write_file(tree / "a", "content of a");
  write_file(tree / "sub/b", "content of b");
  write_file(tree / "sub/empty", "");
  write_file(tree / ".hidden", "hidden");
  fs::create_symlink("a", tree / "link");
  fs::create_directories(tree / "nothing");
  return node.ask(ipfs::add_file{.path = tree});
}

} // namespace pillar::test

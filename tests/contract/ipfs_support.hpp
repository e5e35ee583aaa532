/// What the contract tests of IPFS share.
#pragma once

#include "interfaces/ipfs.hpp"
#include "tests/contract/contract_node.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pillar::test {

inline constexpr auto hello_cid = "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD";  // of "hello world"
inline constexpr auto absent_cid = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPqq1"; // of nothing that a test adds

/// What a stream gave, and the failure that ended it.
template <class T> struct streamed {
  std::vector<T> items;
  std::optional<failure> failed;
  std::string error() const { return contract_node::name_of_error(failed); }
};

template <class Request> auto read_all(contract_node& node, Request request) {
  streamed<typename Request::reply::item_type> all;
  try {
    auto items = node.ask(std::move(request));
    while (auto item = items.next()) all.items.push_back(std::move(*item));
  } catch (const failure& f) {
    all.failed = f;
  }
  return all;
}

/// What cat gave: its pieces, and the failure that ended it.
struct content {
  std::string text;
  std::size_t pieces = 0;
  std::size_t longest = 0;
  std::optional<failure> failed;
  std::string error() const { return contract_node::name_of_error(failed); }
};

content read(contract_node& node, ipfs::cat request);

/// The content of a file, which must be there.
std::string text_of(contract_node& node, const std::string& path);

/// Adds a tree with every kind of entry: a, link, nothing/, sub/b, sub/empty, and .hidden, which is left out.
ipfs::added add_tree(contract_node& node);

} // namespace pillar::test

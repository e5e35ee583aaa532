/// What the tests with a real daemon share.
#pragma once

#include "actors/ipfs/kubo_ipfs.hpp"
#include "tests/support/kubo_daemon.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::test {

/// An engine's options for a daemon, which looks for blocks in its own store only.
inline ipfs::kubo_options options_for(const kubo_daemon& daemon, ipfs::engine::import_options import = {}) {
  return {.client = {.repository = daemon.repository()}, .import = import, .search = {.offline = true}};
}

inline std::string content_of(ipfs::kubo_ipfs& ipfs, std::string_view path, std::uint64_t offset = 0,
                              std::optional<std::uint64_t> length = {}) {
  std::string out;
  auto reader = ipfs.open_reader(path, offset, length);
  while (auto piece = reader.next()) out += ipfs::engine::text_of(*piece);
  return out;
}

/// The pins that the filter lets through, sorted, without that of the empty directory, which every repository begins
/// with.
inline std::vector<ipfs::kubo_pin> pins_of(ipfs::kubo_ipfs& ipfs, const ipfs::kubo_pin_filter& filter = {}) {
  constexpr std::string_view empty_directory = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
  std::vector<ipfs::kubo_pin> out;
  ipfs.for_each_pin(filter, [&](const ipfs::kubo_pin& p) {
    if (p.root.text != empty_directory) out.push_back(p);
  });
  std::ranges::sort(out, {}, &ipfs::kubo_pin::root);
  return out;
}

/// Text as a source of content.
inline auto source_of(std::string_view text) {
  return [rest = text](std::span<std::byte> to) mutable {
    auto size = std::min(to.size(), rest.size());
    std::ranges::copy(ipfs::engine::view_of(rest.substr(0, size)), to.begin());
    rest.remove_prefix(size);
    return size;
  };
}

} // namespace pillar::test

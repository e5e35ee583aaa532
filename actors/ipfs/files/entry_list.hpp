/// The entries of a directory that is being built.
#pragma once

#include "actors/ipfs/format/dag_pb.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

/// Links, packed one behind the other: about 50 bytes each beside the name, where a pb_link takes 200. A directory may
/// have millions of them, and all are needed before the first of its blocks can be made.
class entry_list {
public:
  using position = std::uint64_t;

  /// An entry as it lies in the list, until the next one is added.
  struct packed {
    position at;
    std::string_view name;
    bytes_view id; ///< a CID in binary form
    std::uint64_t tsize;

    pb_link link() const;
  };

  void add(const content_id& id, std::string_view name, std::uint64_t tsize);
  std::size_t size() const { return size_; }

  /// In the order in which they came, until the function returns false.
  void for_each(const std::function<bool(const packed&)>& visit) const;

  packed at(position p) const;

private:
  std::vector<bytes> chunks_; ///< no entry lies in two of them
  std::size_t size_ = 0;
};

} // namespace pillar::ipfs::engine

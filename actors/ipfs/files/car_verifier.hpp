/// Checks a CARv1 archive as it comes, piece by piece.
#pragma once

#include "actors/ipfs/format/car.hpp"

#include <functional>
#include <string>

namespace pillar::ipfs::engine {

/// Hands on what is sound: the header, and whole sections whose block is what its CID says. Holds one section.
class car_verifier {
public:
  /// The header must name `root` only. `place` is where the archive comes from, for messages.
  car_verifier(content_id root, std::function<void(bytes_view)> to, std::string place);

  /// Throws damaged, and what `to` throws.
  void take(bytes_view piece);

  /// Throws damaged unless the archive ended behind a section, and the root was among them.
  void finish() const;

private:
  std::size_t check_header(bytes_view data) const;
  std::size_t check_section(bytes_view data);
  [[noreturn]] void refuse(std::string_view why) const;

  content_id root_;
  std::function<void(bytes_view)> to_;
  std::string place_;
  bytes unread_;
  bool has_header_ = false;
  bool has_root_ = false;
};

} // namespace pillar::ipfs::engine

/// CAR archives, read from their beginning: version 1, and the payload of version 2 (ipld.io/specs/transport/car).
#pragma once

#include "actors/ipfs/format/cid.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

/// A block of an archive, verified against its CID.
struct archived_block {
  content_id id;
  bytes block;
};

/// Reads one archive. Holds one section. What it reads may come from anywhere: every length is held against a limit
/// before it is believed.
class car_reader {
public:
  static constexpr std::size_t longest_header = 1 << 20; ///< bytes

  /// Reads the header. `source` fills its buffer, but for the last time; `place` says where the archive comes from, for
  /// messages. Throws bad_request (no CAR archive, or a version that is not known), damaged (a header that is not
  /// sound), and what the source throws.
  car_reader(std::function<std::size_t(std::span<std::byte>)> source, std::string place);

  const std::vector<content_id>& roots() const { return roots_; }

  /// The next block; none at the end. Throws damaged: a section that is too long or cut off, or a block that does not
  /// verify.
  std::optional<archived_block> next();

private:
  std::uint64_t take_length(std::uint64_t most, const char* of);
  bytes take(std::size_t size, const char* of);
  bool at_end();
  void refill();
  void read_header();
  void enter_version_2();
  void read_roots(bytes_view header);
  [[noreturn]] void refuse(std::string_view why) const;

  std::function<std::size_t(std::span<std::byte>)> source_;
  std::string place_;
  bytes buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool source_ended_ = false;
  std::uint64_t position_ = 0;            ///< bytes taken so far
  std::optional<std::uint64_t> data_end_; ///< of a version 2, where its payload ends
  std::vector<content_id> roots_;
};

} // namespace pillar::ipfs::engine

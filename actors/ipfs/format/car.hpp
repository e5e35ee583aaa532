/// CARv1, the archive format of IPFS (ipld.io/specs/transport/car): a header, then sections of a CID and its block.
#pragma once

#include "actors/ipfs/format/cid.hpp"
#include "actors/ipfs/format/hasher.hpp"

#include <optional>
#include <span>

namespace pillar::ipfs::engine {

/// The header of an archive whose only root is the empty identity CID, which stands for none.
bytes_view rootless_car_header();

/// The header of an archive with these roots.
bytes car_header(std::span<const content_id> roots);
inline bytes car_header(const content_id& root) {
  return car_header(std::span(&root, 1));
}

/// What goes before a block's bytes in its section.
bytes section_head(const content_id& id, std::size_t block_size);

/// A section's beginning, as it is read.
struct section_frame {
  content_id id;
  std::size_t head_size = 0; ///< bytes before the block
  std::size_t block_size = 0;

  std::size_t size() const { return head_size + block_size; }
};

/// What the first bytes of a section say.
enum class section_state { whole, cut_off, unreadable };
struct parsed_section {
  section_state state = section_state::unreadable;
  section_frame frame;
};

/// Reads a section's frame from the front of `data`, which may end before the block does: then the state is still
/// `whole`, and the caller compares sizes. `cut_off`: the frame itself ends too early. `unreadable`: no such section
/// can be; blocks beyond `largest_block` count as such.
parsed_section parse_section(bytes_view data);

inline constexpr std::size_t longest_section_head = 10 + longest_cid; ///< bytes

} // namespace pillar::ipfs::engine

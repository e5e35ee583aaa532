#include "actors/ipfs/store/removal_journal.hpp"

#include "actors/ipfs/format/protobuf.hpp"

#include <limits>

namespace pillar::ipfs::engine {
namespace {

constexpr auto format = "removal of blocks";
enum field : unsigned { segment_field = 1, block_field = 2 };

} // namespace

bytes encode_removal(const removal& r) {
  bytes out;
  append_field(out, segment_field, r.segment);
  bytes block; // its offset in the segment, then its CID
  for (const auto& b : r.blocks) {
    block.clear();
    append_varint(block, b.where.offset);
    content_id(1, codec::raw, b.hash).append_to(block);
    append_field(out, block_field, block);
  }
  return out;
}

removal decode_removal(bytes_view record) {
  removal out;
  while (!record.empty()) {
    auto f = take_field(record, format);
    if (f.field == segment_field && f.type == wire::varint && out.segment == 0 && out.blocks.empty()) {
      if (f.number > std::numeric_limits<std::uint32_t>::max()) malformed(format, "there is no such segment");
      out.segment = static_cast<std::uint32_t>(f.number);
    } else if (f.field == block_field && f.type == wire::bytes && out.segment != 0) {
      auto offset = take_varint(f.data);
      if (!offset) malformed(format, "a block has no place");
      out.blocks.push_back({content_id::from_bytes(f.data).hash(), {out.segment, 0, *offset}});
    } else {
      malformed(format, "fields are unknown or out of order");
    }
  }
  if (out.segment == 0) malformed(format, "it names no segment");
  return out;
}

} // namespace pillar::ipfs::engine

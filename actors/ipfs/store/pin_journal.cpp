#include "actors/ipfs/store/pin_journal.hpp"

#include "actors/ipfs/format/protobuf.hpp"

namespace pillar::ipfs::engine {
namespace {

constexpr auto format = "change of pins";
enum field : unsigned { sequence_field = 1, root_field = 2, mode_field = 3, name_field = 4 };

} // namespace

bytes encode_pin_change(const pin_change& change) {
  bytes root;
  change.root.append_to(root);
  bytes out;
  append_field(out, sequence_field, change.sequence);
  append_field(out, root_field, root);
  if (change.pin) { // without a mode, the root is unpinned
    append_field(out, mode_field, static_cast<std::uint64_t>(change.pin->mode));
    append_field(out, name_field, view_of(change.pin->name));
  }
  return out;
}

pin_change decode_pin_change(bytes_view record) {
  pin_change out;
  unsigned last = 0;
  while (!record.empty()) {
    auto f = take_field(record, format);
    if (f.field != last + 1) malformed(format, "fields are missing or out of order");
    last = f.field;
    if (f.field == sequence_field && f.type == wire::varint) out.sequence = f.number;
    else if (f.field == root_field && f.type == wire::bytes) out.root = content_id::from_bytes(f.data);
    else if (f.field == mode_field && f.type == wire::varint && (f.number == 1 || f.number == 2))
      out.pin = pin{out.root, static_cast<pin_mode>(f.number), ""};
    else if (f.field == name_field && f.type == wire::bytes) out.pin->name = text_of(f.data);
    else malformed(format, "an unknown field");
  }
  if (last != root_field && last != name_field) malformed(format, "it is cut off");
  return out;
}

} // namespace pillar::ipfs::engine

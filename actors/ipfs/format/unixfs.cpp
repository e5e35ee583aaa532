#include "actors/ipfs/format/unixfs.hpp"

#include "actors/ipfs/format/protobuf.hpp"
#include "interfaces/error.hpp"

namespace pillar::ipfs::engine {
namespace {

constexpr auto format = "UnixFS";
enum field : unsigned {
  type_field = 1,
  data_field = 2,
  size_field = 3,
  blocks_field = 4,
  hash_field = 5,
  fanout_field = 6,
  mode_field = 7,
  mtime_field = 8
};
enum time_field : unsigned { seconds_field = 1, nanoseconds_field = 2 };

constexpr std::uint32_t mode_bits = 07777;
constexpr std::uint32_t second = 1'000'000'000;

unixfs_time decode_time(bytes_view message) {
  unixfs_time time;
  unsigned last = 0;
  while (!message.empty()) {
    auto f = take_field(message, format);
    if (f.field <= last) malformed(format, "the time's fields are out of order");
    last = f.field;
    if (f.field == seconds_field && f.type == wire::varint) time.seconds = static_cast<std::int64_t>(f.number);
    else if (f.field == nanoseconds_field && f.type == wire::fixed32 && f.number < second)
      time.nanoseconds = static_cast<std::uint32_t>(f.number);
    else malformed(format, "an unknown field in the time");
  }
  return time;
}

/// Kubo writes block sizes one by one; other writers may pack them.
void decode_block_sizes(const pb_field& f, std::vector<std::uint64_t>& sizes) {
  if (f.type == wire::varint) return sizes.push_back(f.number);
  if (f.type != wire::bytes) malformed(format, "block sizes that are no numbers");
  for (auto rest = f.data; !rest.empty();) {
    auto size = take_varint(rest);
    if (!size) malformed(format, "a block size is no proper varint");
    sizes.push_back(*size);
  }
}

} // namespace

unixfs_node decode_unixfs(bytes_view data) {
  unixfs_node node;
  bool typed = false;
  unsigned last = 0;
  while (!data.empty()) {
    auto f = take_field(data, format);
    if (f.field < last || (f.field == last && f.field != blocks_field))
      malformed(format, "fields are out of order or occur twice");
    last = f.field;
    bool is_number = f.type == wire::varint;
    if (f.field == type_field && is_number) {
      if (f.number > static_cast<std::uint64_t>(unixfs_type::hamt_shard))
        throw failure(errc::unsupported, "UnixFS type " + std::to_string(f.number) + " is not known to this program");
      node.type = static_cast<unixfs_type>(f.number);
      typed = true;
    } else if (f.field == data_field && f.type == wire::bytes) node.data = f.data;
    else if (f.field == size_field && is_number) node.file_size = f.number;
    else if (f.field == blocks_field) decode_block_sizes(f, node.block_sizes);
    else if (f.field == hash_field && is_number) node.hash_type = f.number;
    else if (f.field == fanout_field && is_number) node.fanout = f.number;
    else if (f.field == mode_field && is_number) node.metadata.mode = static_cast<std::uint32_t>(f.number & mode_bits);
    else if (f.field == mtime_field && f.type == wire::bytes) node.metadata.mtime = decode_time(f.data);
    else malformed(format, "an unknown field");
  }
  if (!typed) malformed(format, "no type");
  return node;
}

bytes encode_unixfs(const unixfs_node& node) {
  bytes out;
  append_field(out, type_field, static_cast<std::uint64_t>(node.type));
  if (node.data) append_field(out, data_field, *node.data);
  if (node.file_size) append_field(out, size_field, *node.file_size);
  for (auto size : node.block_sizes) append_field(out, blocks_field, size);
  if (node.hash_type) append_field(out, hash_field, *node.hash_type);
  if (node.fanout) append_field(out, fanout_field, *node.fanout);
  if (auto mode = node.metadata.mode; mode && ((*mode & mode_bits) != 0 || node.type == unixfs_type::directory))
    append_field(out, mode_field, *mode & mode_bits);
  if (node.metadata.mtime) {
    bytes time;
    append_field(time, seconds_field, static_cast<std::uint64_t>(node.metadata.mtime->seconds));
    if (auto nanoseconds = node.metadata.mtime->nanoseconds) {
      append_tag(time, nanoseconds_field, wire::fixed32);
      for (int shift = 0; shift < 32; shift += 8) time.push_back(static_cast<std::byte>(nanoseconds >> shift & 0xff));
    }
    append_field(out, mtime_field, time);
  }
  return out;
}

leaf_frame::leaf_frame(unixfs_type type, std::size_t content) {
  // dag-pb data { type, data <content>, file size }; every field's number is below 16, so a tag is one byte
  auto inner = field_size(static_cast<std::uint64_t>(type)) + field_size_of_bytes(content) + field_size(content);
  auto tag = [](unsigned number, wire form) {
    return static_cast<std::byte>(number << 3 | static_cast<unsigned>(form));
  };
  auto* at = buffer_.data();
  *at++ = tag(1, wire::bytes);
  at = write_varint(at, inner);
  *at++ = tag(type_field, wire::varint);
  *at++ = static_cast<std::byte>(type);
  *at++ = tag(data_field, wire::bytes);
  at = write_varint(at, content);
  head_ = static_cast<std::size_t>(at - buffer_.data());
  *at++ = tag(size_field, wire::varint);
  at = write_varint(at, content);
  tail_ = static_cast<std::size_t>(at - buffer_.data()) - head_;
}

void check_nanoseconds(std::string_view what, std::uint32_t nanoseconds) {
  if (nanoseconds >= second)
    throw failure(errc::bad_request, std::string(what) + " has " + std::to_string(nanoseconds)
                                         + " ns: give 0 to 999,999,999, and whole seconds beside them");
}

} // namespace pillar::ipfs::engine

#include "actors/ipfs/format/dag_pb.hpp"

#include "actors/ipfs/format/protobuf.hpp"

namespace pillar::ipfs::engine {
namespace {

constexpr auto format = "dag-pb";
enum node_field : unsigned { node_data = 1, node_links = 2 };
enum link_field : unsigned { link_hash = 1, link_name = 2, link_tsize = 3 };

pb_link decode_link(bytes_view message) {
  pb_link link;
  unsigned last = 0;
  while (!message.empty()) {
    auto f = take_field(message, format);
    if (f.field <= last) malformed(format, "a link's fields are out of order or occur twice");
    if (f.field == link_hash && f.type == wire::bytes) link.id = content_id::from_bytes(f.data);
    else if (f.field == link_name && f.type == wire::bytes) link.name = text_of(f.data);
    else if (f.field == link_tsize && f.type == wire::varint) link.tsize = f.number;
    else malformed(format, "an unknown field in a link");
    if (last == 0 && f.field != link_hash) malformed(format, "a link has no hash");
    last = f.field;
  }
  if (last == 0) malformed(format, "a link has no hash");
  return link;
}

std::size_t inner_size(const pb_link& link) {
  return field_size_of_bytes(link.id.size()) + field_size_of_bytes(link.name.size()) + field_size(link.tsize);
}

} // namespace

pb_node decode_dag_pb(bytes_view block) {
  pb_node node;
  bool links_ended = false;
  while (!block.empty()) {
    auto f = take_field(block, format);
    if (f.type != wire::bytes) malformed(format, "an unknown field");
    if (f.field == node_links) {
      if (links_ended) malformed(format, "data lies between links");
      node.links.push_back(decode_link(f.data));
    } else if (f.field == node_data) {
      if (node.data) malformed(format, "data occurs twice");
      links_ended = !node.links.empty();
      node.data = f.data;
    } else {
      malformed(format, "an unknown field");
    }
  }
  return node;
}

std::size_t encoded_size(const pb_link& link) {
  return field_size_of_bytes(inner_size(link));
}

bytes encode_dag_pb(const std::vector<pb_link>& links, std::optional<bytes_view> data) {
  std::size_t size = data ? field_size_of_bytes(data->size()) : 0;
  for (const auto& link : links) size += encoded_size(link);
  bytes out;
  out.reserve(size);
  for (const auto& link : links) {
    append_tag(out, node_links, wire::bytes);
    append_varint(out, inner_size(link));
    append_tag(out, link_hash, wire::bytes);
    append_varint(out, link.id.size());
    link.id.append_to(out);
    append_field(out, link_name, view_of(link.name));
    append_field(out, link_tsize, link.tsize);
  }
  if (data) append_field(out, node_data, *data);
  return out;
}

} // namespace pillar::ipfs::engine

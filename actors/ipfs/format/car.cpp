#include "actors/ipfs/format/car.hpp"

#include "actors/ipfs/format/block.hpp"
#include "actors/ipfs/format/varint.hpp"
#include "interfaces/error.hpp"

#include <algorithm>

namespace pillar::ipfs::engine {

bytes_view rootless_car_header() {
  // its length, and in CBOR: {"roots": [42(h'00 01 55 00 00')], "version": 1}
  using namespace std::string_view_literals;
  static constexpr auto header = "\x19\xa2\x65roots\x81\xd8\x2a\x45\x00\x01\x55\x00\x00\x67version\x01"sv;
  return view_of(header);
}

namespace {

/// What begins an item of CBOR: its type, and a number in the shortest form.
void append_cbor_head(bytes& out, unsigned type, std::uint64_t number) {
  auto size = number < 24 ? 0 : number <= 0xff ? 1 : number <= 0xffff ? 2 : number <= 0xffff'ffff ? 4 : 8;
  auto form = size == 0 ? static_cast<unsigned>(number) : size == 1 ? 24u : size == 2 ? 25u : size == 4 ? 26u : 27u;
  out.push_back(static_cast<std::byte>(type << 5 | form));
  for (auto i = size; i > 0; --i) out.push_back(static_cast<std::byte>(number >> (8 * (i - 1))));
}

} // namespace

/// In DAG-CBOR: {"roots": [root, ...], "version": 1}.
bytes car_header(std::span<const content_id> roots) {
  constexpr unsigned byte_string = 2, array = 4;
  bytes cbor;
  append(cbor, view_of("\xa2\x65roots"));
  append_cbor_head(cbor, array, roots.size());
  for (const auto& root : roots) {
    append(cbor, view_of("\xd8\x2a")); // the tag of a CID
    append_cbor_head(cbor, byte_string, root.size() + 1);
    cbor.push_back(std::byte{0}); // the multibase prefix of binary, which a CID in CBOR has
    root.append_to(cbor);
  }
  append(cbor, view_of("\x67version\x01"));
  bytes out;
  append_varint(out, cbor.size());
  append(out, cbor);
  return out;
}

bytes section_head(const content_id& id, std::size_t block_size) {
  bytes head;
  head.reserve(longest_varint + id.size());
  append_varint(head, id.size() + block_size);
  id.append_to(head);
  return head;
}

parsed_section parse_section(bytes_view data) {
  auto rest = data;
  auto size = take_varint(rest);
  if (!size) return {data.size() < longest_varint ? section_state::cut_off : section_state::unreadable, {}};
  if (*size == 0 || *size > largest_block + longest_cid) return {};
  auto section = rest.first(std::min<std::size_t>(rest.size(), *size));
  auto before = section.size();
  parsed_section out;
  try {
    out.frame.id = content_id::take(section);
  } catch (const failure&) {
    bool may_be_cut = before < std::min<std::size_t>(*size, longest_cid);
    return {may_be_cut ? section_state::cut_off : section_state::unreadable, {}};
  }
  auto id_size = before - section.size();
  if (*size - id_size > largest_block) return {};
  out.state = section_state::whole;
  out.frame.head_size = data.size() - rest.size() + id_size;
  out.frame.block_size = *size - id_size;
  return out;
}

} // namespace pillar::ipfs::engine

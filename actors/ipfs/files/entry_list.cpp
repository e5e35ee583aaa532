#include "actors/ipfs/files/entry_list.hpp"

#include "actors/ipfs/format/varint.hpp"

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t chunk_size = 1 << 20; // bytes
constexpr unsigned offset_bits = 32;        // of a position; the number of the chunk is above them

/// Takes a piece with its length before it off the front of `data`.
bytes_view take_piece(bytes_view& data) {
  auto size = static_cast<std::size_t>(*take_varint(data));
  auto piece = data.first(size);
  data = data.subspan(size);
  return piece;
}

entry_list::packed unpack(bytes_view& data, entry_list::position at) {
  entry_list::packed out{.at = at, .name = text_of(take_piece(data)), .id = take_piece(data), .tsize = 0};
  out.tsize = *take_varint(data);
  return out;
}

} // namespace

pb_link entry_list::packed::link() const {
  return {content_id::from_bytes(id), std::string(name), tsize};
}

void entry_list::add(const content_id& id, std::string_view name, std::uint64_t tsize) {
  constexpr std::size_t numbers = 30; // bytes that three varints take at most
  auto most = name.size() + id.size() + numbers;
  if (chunks_.empty() || chunks_.back().size() + most > chunk_size) {
    if (!chunks_.empty()) chunks_.emplace_back().reserve(chunk_size); // the first one grows: most directories are small
    else chunks_.emplace_back();
  }
  auto& to = chunks_.back();
  append_varint(to, name.size());
  append(to, view_of(name));
  append_varint(to, id.size());
  id.append_to(to);
  append_varint(to, tsize);
  ++size_;
}

void entry_list::for_each(const std::function<bool(const packed&)>& visit) const {
  for (position number = 0; number < chunks_.size(); ++number) {
    const auto& chunk = chunks_[number];
    for (bytes_view rest = chunk; !rest.empty();)
      if (!visit(unpack(rest, number << offset_bits | (chunk.size() - rest.size())))) return;
  }
}

entry_list::packed entry_list::at(position p) const {
  auto rest = bytes_view(chunks_[p >> offset_bits]).subspan(p & ((position{1} << offset_bits) - 1));
  return unpack(rest, p);
}

} // namespace pillar::ipfs::engine

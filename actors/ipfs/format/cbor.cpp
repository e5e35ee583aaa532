#include "actors/ipfs/format/cbor.hpp"

#include "interfaces/error.hpp"

namespace pillar::ipfs::engine {

cbor_reader::item cbor_reader::take() {
  if (rest_.empty()) throw failure(errc::damaged, "the CBOR ends too early");
  auto first = std::to_integer<unsigned>(rest_.front());
  rest_ = rest_.subspan(1);
  item out{static_cast<cbor_type>(first >> 5), first & 0x1f};
  if (out.argument < 24) return out;
  if (out.argument > 27) throw failure(errc::damaged, "the CBOR has an item without a definite length");
  std::size_t size = std::size_t{1} << (out.argument - 24);
  if (rest_.size() < size) throw failure(errc::damaged, "the CBOR ends too early");
  out.argument = 0;
  for (auto b : rest_.first(size)) out.argument = out.argument << 8 | std::to_integer<std::uint64_t>(b);
  rest_ = rest_.subspan(size);
  return out;
}

bytes_view cbor_reader::take_string(const item& head) {
  if (head.argument > rest_.size()) throw failure(errc::damaged, "the CBOR has a string that is longer than it");
  auto out = rest_.first(head.argument);
  rest_ = rest_.subspan(head.argument);
  return out;
}

} // namespace pillar::ipfs::engine

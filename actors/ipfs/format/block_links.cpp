#include "actors/ipfs/format/block_links.hpp"

#include "actors/ipfs/format/dag_json_links.hpp"
#include "actors/ipfs/format/dag_pb.hpp"
#include "interfaces/error.hpp"

#include <cstdint>
#include <string>

namespace pillar::ipfs::engine {
namespace {

using visitor = std::function<void(const content_id&)>;

[[noreturn]] void malformed_cbor(const char* why) {
  throw failure(errc::damaged, std::string("malformed dag-cbor: ") + why);
}

/// Reads the items of a block one after another (RFC 8949, section 3, and the restrictions of dag-cbor). How they nest
/// does not matter for links; so it is enough to count how many are still to come.
class cbor_links {
public:
  cbor_links(bytes_view block, const visitor& visit) : rest_(block), visit_(visit) {}

  void read() {
    for (std::uint64_t items = 1; items > 0;) {
      items += read_item() - 1;
      if (items > rest_.size()) malformed_cbor("it is cut off"); // every item takes a byte
    }
    if (!rest_.empty()) malformed_cbor("bytes follow its end");
  }

private:
  enum major : unsigned { number, negative, byte_string, text, array, map, tag, simple };
  static constexpr std::uint64_t link_tag = 42;

  struct head {
    unsigned kind;
    unsigned form;
    std::uint64_t value;
  };

  head take_head() {
    auto first = std::to_integer<unsigned>(take(1)[0]);
    head h{first >> 5, first & 31, first & 31};
    if (h.form >= 28) malformed_cbor("an item has no definite length");
    if (h.form >= 24) {
      h.value = 0;
      for (auto byte : take(std::size_t{1} << (h.form - 24))) h.value = h.value << 8 | std::to_integer<unsigned>(byte);
    }
    return h;
  }

  /// Returns how many items belong to this one.
  std::uint64_t read_item() {
    auto h = take_head();
    switch (h.kind) {
      case byte_string:
      case text: take(h.value); return 0;
      case array: return counted(h.value);
      case map: return counted(h.value) * 2;
      case tag:
        if (h.value != link_tag) malformed_cbor("it has a tag that dag-cbor does not know");
        read_link();
        return 0;
      default: return 0;
    }
  }

  void read_link() {
    auto h = take_head();
    if (h.kind != byte_string) malformed_cbor("a link is not made of bytes");
    auto link = take(h.value);
    if (link.empty() || link[0] != std::byte{0}) malformed_cbor("a link does not begin with a zero");
    visit_(content_id::from_bytes(link.subspan(1)));
  }

  std::uint64_t counted(std::uint64_t items) const {
    if (items > rest_.size()) malformed_cbor("it is cut off");
    return items;
  }

  bytes_view take(std::uint64_t size) {
    if (size > rest_.size()) malformed_cbor("it is cut off");
    auto taken = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  bytes_view rest_;
  const visitor& visit_;
};

} // namespace

bool may_link(const content_id& id) {
  for (auto linkless : {codec::raw, codec_cbor, codec_json, codec_libp2p_key})
    if (id.codec() == linkless) return false;
  for (auto linking : {codec::dag_pb, codec_dag_cbor, codec_dag_json})
    if (id.codec() == linking) return true;
  throw failure(errc::unsupported, "block " + id.to_string() + " has codec "
                                       + std::to_string(static_cast<std::uint64_t>(id.codec()))
                                       + ", and this program cannot tell what it links to");
}

void for_each_link(const content_id& id, bytes_view block, const visitor& visit) {
  if (!may_link(id)) return;
  // What the visitor throws is about another block, and passes.
  bool visiting = false;
  auto counted_visit = [&](const content_id& link) {
    visiting = true;
    visit(link);
    visiting = false;
  };
  try {
    if (id.codec() == codec::dag_pb)
      for (const auto& link : decode_dag_pb(block).links) counted_visit(link.id);
    else if (id.codec() == codec_dag_cbor) cbor_links(block, counted_visit).read();
    else for_each_dag_json_link(block, counted_visit);
  } catch (const failure& f) {
    if (visiting || f.code() != errc::damaged) throw;
    throw failure(errc::damaged, "block " + id.to_string() + ": " + f.message());
  }
}

} // namespace pillar::ipfs::engine

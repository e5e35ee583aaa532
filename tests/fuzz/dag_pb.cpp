#include "actors/ipfs/format/dag_pb.hpp"

#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

void run(bytes_view data) {
  try {
    auto node = decode_dag_pb(data);
    promise(node.links.size() * 4 <= data.size() + 4, "a node has no more links than its bytes have room for");
    if (!std::ranges::is_sorted(node.links, {}, &pb_link::name)) return;
    auto again = decode_dag_pb(encode_dag_pb(node.links, node.data));
    promise(again.links == node.links, "links that are written are read");
  } catch (const failure&) {
  }
}

std::vector<std::string> seeds() {
  auto id = content_id::parse("Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  auto raw = content_id::parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
  auto text = [](const bytes& b) { return std::string(text_of(b)); };
  return {text(encode_dag_pb({}, {})), text(encode_dag_pb({}, view_of("data"))),
          text(encode_dag_pb({{id, "a", 1}, {raw, "b", UINT64_MAX}}, view_of("\x08\x01"))),
          text(encode_dag_pb({{id, "", 0}, {id, "", 0}}, {}))};
}

const registered here{{"dag-pb", run, seeds}};

} // namespace
} // namespace pillar::fuzz

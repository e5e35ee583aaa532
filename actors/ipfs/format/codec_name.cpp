#include "actors/ipfs/format/codec_name.hpp"

#include "actors/ipfs/format/block_links.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <utility>

namespace pillar::ipfs::engine {

namespace {

constexpr std::pair<std::string_view, codec> names[] = {{"raw", codec::raw},          {"dag-pb", codec::dag_pb},
                                                        {"dag-cbor", codec_dag_cbor}, {"dag-json", codec_dag_json},
                                                        {"cbor", codec_cbor},         {"json", codec_json}};

} // namespace

codec codec_of(std::string_view name) {
  auto found = std::ranges::find(names, name, [](auto& one) { return one.first; });
  if (found != std::end(names)) return found->second;
  throw failure(errc::bad_request,
                "the codec " + in_quotes(name) + " is not known: use raw, dag-pb, dag-cbor, dag-json, cbor or json");
}

} // namespace pillar::ipfs::engine

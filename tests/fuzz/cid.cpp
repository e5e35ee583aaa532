#include "actors/ipfs/format/cid.hpp"

#include "actors/ipfs/files/path.hpp"
#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

void run(bytes_view data) {
  try {
    auto id = content_id::from_bytes(data);
    bytes again;
    id.append_to(again);
    promise(text_of(again) == text_of(data), "a CID has one binary form");
    promise(content_id::parse(id.to_string()) == id, "a CID's text means the same CID");
  } catch (const failure&) {
  }
  try {
    auto id = content_id::parse(text_of(data));
    promise(content_id::parse(id.to_string()) == id, "a CID's usual text means the same CID");
  } catch (const failure&) {
  }
  try {
    auto path = content_path::parse(text_of(data));
    for (auto& name : path.names) promise(!name.empty() && name != "..", "a path does not lead upwards");
  } catch (const failure&) {
  }
}

std::vector<std::string> seeds() {
  std::vector<std::string> out{"Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD",
                               "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
                               "k2cwued9o1pvrt3q271rrqbo49x30tbxwpoeaq75z14e5ui2rzygpbe1",
                               "zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn",
                               "bafkqaaa",
                               "/ipfs/bafkqaaa/a/b c/d",
                               "ipfs://bafkqaaa/x"};
  for (auto i = 0; i < 5; ++i) {
    bytes binary;
    content_id::parse(out[static_cast<std::size_t>(i)]).append_to(binary);
    out.emplace_back(text_of(binary));
  }
  return out;
}

const registered here{{"cid", run, seeds}};

} // namespace
} // namespace pillar::fuzz

#include "actors/ipfs/format/car.hpp"

#include "actors/ipfs/files/car_verifier.hpp"
#include "actors/ipfs/format/car_reader.hpp"
#include "actors/ipfs/store/block_store.hpp"
#include "interfaces/error.hpp"
#include "tests/fuzz/target.hpp"

#include <algorithm>

namespace pillar::fuzz {
namespace {

using namespace ipfs::engine;

content_id id_of(std::string_view block) {
  return {1, codec::raw, hash_of(hash_function::sha2_256, view_of(block))};
}

void run(bytes_view data) {
  try {
    auto rest = data;
    car_reader reader(
        [&](std::span<std::byte> to) {
          auto size = std::min(to.size(), rest.size());
          std::ranges::copy(rest.first(size), to.begin());
          rest = rest.subspan(size);
          return size;
        },
        "the archive");
    while (auto section = reader.next()) verify(section->id, section->block, "what was handed out");
  } catch (const failure&) {
  }
  try {
    bytes passed;
    car_verifier verifier(id_of("one"), [&](bytes_view piece) { append(passed, piece); }, "the archive");
    for (auto rest = data; !rest.empty(); rest = rest.subspan(std::min<std::size_t>(rest.size(), 7)))
      verifier.take(rest.first(std::min<std::size_t>(rest.size(), 7)));
    verifier.finish();
    promise(text_of(passed) == text_of(data), "a sound archive is passed on as it came");
  } catch (const failure&) {
  }
  parse_section(data);
}

std::vector<std::string> seeds() {
  bytes archive = car_header(id_of("one"));
  for (auto block : {"one", "two"}) {
    append(archive, section_head(id_of(block), 3));
    append(archive, view_of(block));
  }
  std::string second = "\x0a\xa1\x67version\x02" + std::string(16, '\0');
  for (std::uint64_t value : {std::uint64_t{51}, std::uint64_t{archive.size()}, std::uint64_t{0}})
    for (int i = 0; i < 8; ++i) second += static_cast<char>(value >> 8 * i);
  return {std::string(text_of(archive)), second + std::string(text_of(archive)),
          std::string(text_of(rootless_car_header()))};
}

const registered here{{"car", run, seeds}};

} // namespace
} // namespace pillar::fuzz

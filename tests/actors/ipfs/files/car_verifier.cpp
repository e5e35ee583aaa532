#include "actors/ipfs/files/car_verifier.hpp"

#include "tests/actors/ipfs/support.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;

namespace {

content_id id_of(std::string_view block) {
  return content_id(1, codec::raw, hash_of(hash_function::sha2_256, view_of(block)));
}

std::string section(std::string_view block) {
  return std::string(text_of(section_head(id_of(block), block.size()))) + std::string(block);
}

/// What go-car writes before the sections of a root that is a CIDv1 with a 32-byte hash.
std::string header(const content_id& root) {
  bytes id;
  root.append_to(id);
  return std::string("\x3a\xa2\x65roots\x81\xd8\x2a\x58\x25\x00", 14) + std::string(text_of(id)) + "\x67version\x01";
}

/// Gives an archive in pieces of a size, and returns what was handed on.
std::string verified(const content_id& root, std::string_view archive, std::size_t piece) {
  std::string out;
  car_verifier verifier(root, [&](bytes_view sound) { out += text_of(sound); }, "the test");
  for (; !archive.empty(); archive.remove_prefix(std::min(piece, archive.size())))
    verifier.take(view_of(archive.substr(0, piece)));
  verifier.finish();
  return out;
}

} // namespace

TEST_CASE("a sound archive passes whole, in pieces of any size") {
  auto archive = header(id_of("root")) + section("root") + section("") + section(noise(100'000)) + section("root");
  for (auto piece : {1u, 7u, 1000u, 1'000'000u}) CHECK(verified(id_of("root"), archive, piece) == archive);
}

TEST_CASE("an archive that is cut off anywhere is refused") {
  auto archive = header(id_of("root")) + section("root") + section("other");
  auto whole = archive.size() - section("other").size(); // a cut between sections cannot be seen here
  for (std::size_t size = 0; size < archive.size(); ++size) {
    if (size == whole) continue;
    CAPTURE(size);
    CHECK(failure_of([&] { verified(id_of("root"), archive.substr(0, size), 1000); }).code() == errc::damaged);
  }
}

TEST_CASE("an archive with a changed byte is refused before that byte is handed on") {
  auto head = header(id_of("root")), first = section("root");
  auto archive = head + first + section("other");
  for (std::size_t at = 0; at < archive.size(); ++at) {
    CAPTURE(at);
    // A CID's codec, behind the length and the version, is no part of what is hashed.
    if (at == head.size() + 2 || at == head.size() + first.size() + 2) continue;
    auto changed = archive;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    std::string out;
    car_verifier verifier(id_of("root"), [&](bytes_view sound) { out += text_of(sound); }, "the test");
    auto f = failure_of([&] {
      verifier.take(view_of(changed));
      verifier.finish();
    });
    CHECK(f.code() == errc::damaged);
    CHECK(out.size() <= at);
  }
}

TEST_CASE("an archive of something else is refused") {
  CHECK(failure_of([] { verified(id_of("a"), header(id_of("b")) + section("b"), 1000); }).code() == errc::damaged);
  CHECK(failure_of([] { verified(id_of("a"), header(id_of("a")) + section("b"), 1000); }).code() == errc::damaged);
  CHECK(failure_of([] { verified(id_of("a"), header(id_of("a")), 1000); }).code() == errc::damaged);
  auto other_codec = content_id(1, codec::dag_pb, id_of("a").hash());
  CHECK(failure_of([&] { verified(other_codec, header(other_codec) + section("a"), 1000); }).code() == errc::damaged);
}

#include "actors/ipfs/kubo/http_message.hpp"

#include "tests/actors/ipfs/support.hpp"
#include "tests/support/scripted_server.hpp"

#include <optional>
#include <random>

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;

namespace {

/// What a parser makes of some bytes, whether it is given them at once or in pieces.
struct outcome {
  bool refused = false;
  bool whole = false;
  unsigned status = 0;
  std::string body = {};
  std::string trailer = {};
  bool operator==(const outcome&) const = default;
};

outcome parse(std::string_view data, const std::function<std::size_t()>& piece) {
  http_reply_parser parser;
  bytes body;
  outcome out;
  try {
    while (!data.empty()) {
      auto size = std::min(piece(), data.size());
      parser.take(view_of(data.substr(0, size)), body);
      data.remove_prefix(size);
    }
    parser.end();
  } catch (const failure& f) {
    CHECK(f.code() == errc::io_error);
    return {.refused = true};
  }
  out.whole = parser.is_whole();
  if (parser.has_head()) out.status = parser.status();
  out.body = text_of(body);
  out.trailer = parser.field("X-Stream-Error");
  return out;
}

/// Some damage, of the kinds that a network, a bug or an enemy does.
std::string damaged(std::string text, std::mt19937_64& random) {
  for (auto n = random() % 4; n > 0 && !text.empty(); --n) {
    auto at = random() % text.size(), size = random() % 8;
    switch (random() % 5) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text.erase(at, size); break;
      case 2: text.insert(at, text.substr(random() % text.size(), size)); break;
      case 3: text.insert(at, "\r\n"); break;
      default: text.resize(at);
    }
  }
  return text;
}

} // namespace

TEST_CASE("a head has what was given, and an end") {
  CHECK(post_head("/api/v0/id?a=b", {{"Host", "localhost"}, {"X-Other", "1"}})
        == "POST /api/v0/id?a=b HTTP/1.1\r\nHost: localhost\r\nX-Other: 1\r\n\r\n");
  CHECK(chunk_head(1) == "1\r\n");
  CHECK(chunk_head(0x1a2b3c) == "1a2b3c\r\n");
}

TEST_CASE("an empty reply in chunks is read, in whatever pieces it comes") {
  auto text = chunked_head() + chunks_end();
  for (std::size_t size = 1; size < 8; ++size) {
    auto got = parse(text, [&] { return size; });
    CHECK(got.whole);
    CHECK(got.body.empty());
  }
}

TEST_CASE("a reply of any bytes is read or refused, and means the same in pieces of any sizes") {
  const std::vector<std::string> replies{
      http_reply("{\"a\": 1}"),
      chunked_head() + chunk("abc") + chunk(std::string(300, 'x')) + chunks_end(),
      chunked_head() + chunk("abc") + chunks_end("X-Stream-Error: gone"),
      "HTTP/1.1 100 Continue\r\n\r\n" + http_reply("later"),
      http_reply("", "500 Internal Server Error"),
  };
  std::random_device device;
  auto seed = device();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 3000; ++i) {
    auto text = damaged(replies[random() % replies.size()], random);
    CAPTURE(text);
    auto at_once = parse(text, [&] { return text.size(); });
    CHECK(parse(text, [] { return 1; }) == at_once);
    CHECK(parse(text, [&] { return random() % 20 + 1; }) == at_once);
  }
}

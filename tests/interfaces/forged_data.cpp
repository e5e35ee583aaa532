#include "interfaces/binary.hpp"

#include "tests/interfaces/samples.hpp"

#include <doctest/doctest.h>

using namespace pillar;

namespace {

bytes octets(std::initializer_list<int> values) {
  bytes all;
  for (auto value : values) all.push_back(static_cast<std::byte>(value));
  return all;
}

/// The refusal of the data, or "taken".
template <class T> std::string refusal(const bytes& data) {
  try {
    decode<T>(data);
    return "taken";
  } catch (const failure& f) {
    return std::string(name_of(f.code())) + ": " + f.message();
  }
}

bytes nested_branches(std::size_t levels) {
  bytes data;
  for (std::size_t i = 0; i < levels; ++i) data.insert(data.end(), {std::byte{0}, std::byte{1}}); // no name, one below
  data.insert(data.end(), {std::byte{0}, std::byte{0}});
  return data;
}

bytes nested_folders(std::size_t levels) {
  bytes data;
  for (std::size_t i = 0; i < levels; ++i) data.insert(data.end(), {std::byte{1}, std::byte{0}}); // one, without a name
  data.push_back(std::byte{0});
  return data;
}

} // namespace

TEST_CASE("data that is cut at any byte is refused") {
  auto whole = encode(sample::full());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(refusal<sample::everything>(cut) == "bad_request: the data ends too early");
  }
}

TEST_CASE("bytes after the end are refused") {
  auto data = encode(sample::full());
  data.push_back(std::byte{0});
  data.push_back(std::byte{0});
  CHECK(refusal<sample::everything>(data) == "bad_request: 2 bytes follow the end of the value");
}

TEST_CASE("no change of one byte does more than change or refuse the value") {
  const auto whole = encode(sample::full());
  std::size_t taken = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto data = whole;
      data[at] ^= static_cast<std::byte>(1 << bit);
      if (refusal<sample::everything>(data) == "taken") ++taken;
    }
  CHECK(taken > 0);
  CHECK(taken < whole.size() * 8);
}

TEST_CASE("a forged length reserves nothing") {
  const auto forged = octets({0xff, 0xff, 0xff, 0xff, 0x0f, 'x'});
  CHECK(refusal<std::string>(forged) == "bad_request: the data ends too early");
  CHECK(refusal<bytes>(forged) == "bad_request: the data ends too early");
  CHECK(refusal<std::filesystem::path>(forged) == "bad_request: the data ends too early");
}

TEST_CASE("a forged count reserves nothing") {
  const auto forged = octets({0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3});
  CHECK(refusal<std::vector<std::uint64_t>>(forged) == "bad_request: the data ends too early");
  CHECK(refusal<std::map<std::string, bool>>(forged) == "bad_request: the data ends too early");
}

TEST_CASE("a length of more than five bytes is refused") {
  CHECK(refusal<std::string>(octets({0x80, 0x80, 0x80, 0x80, 0x80, 0}))
        == "bad_request: a length is longer than 5 bytes");
  CHECK(refusal<std::string>(octets({0x80, 0x80, 0x80, 0x80, 0})) == "taken");
}

TEST_CASE("a flag is 0 or 1") {
  CHECK(refusal<bool>(octets({2})) == "bad_request: the number 2 does not belong to a flag");
  CHECK(refusal<std::optional<bool>>(octets({3, 0})) == "bad_request: the number 3 does not belong to a flag");
}

TEST_CASE("an enumerator must be one") {
  CHECK(refusal<sample::colour>(octets({3})) == "bad_request: the number 3 does not belong to sample.colour");
  CHECK(refusal<sample::step>(octets({0xfe, 0xff})) == "bad_request: the number -2 does not belong to sample.step");
  CHECK(refusal<std::vector<sample::colour>>(octets({2, 1, 0}))
        == "bad_request: the number 0 does not belong to sample.colour");
}

TEST_CASE("an alternative must exist") {
  CHECK(refusal<sample::shape>(octets({3, 0})) == "bad_request: the number 3 does not belong to the alternatives");
}

TEST_CASE("a name must be one") {
  CHECK(refusal<actor_name>(octets({1, 'A'})).starts_with("bad_request: \"A\" cannot name an actor"));
  CHECK(refusal<actor_name>(octets({0})) == "taken");
}

TEST_CASE("lists may be nested 64 levels deep and no deeper") {
  CHECK(refusal<sample::branch>(nested_branches(63)) == "taken");
  CHECK(refusal<sample::branch>(nested_branches(64)) == "bad_request: the data is nested deeper than 64 levels");
  CHECK(refusal<sample::branch>(nested_branches(500'000)) == "bad_request: the data is nested deeper than 64 levels");
}

TEST_CASE("maps may be nested 64 levels deep and no deeper") {
  CHECK(refusal<sample::folder>(nested_folders(63)) == "taken");
  CHECK(refusal<sample::folder>(nested_folders(64)) == "bad_request: the data is nested deeper than 64 levels");
  CHECK(refusal<sample::folder>(nested_folders(500'000)) == "bad_request: the data is nested deeper than 64 levels");
}

TEST_CASE("what is nested too deeply cannot be written either") {
  sample::branch tree;
  for (int i = 0; i < 70; ++i) tree = {"", {std::move(tree)}};
  CHECK_THROWS_AS(encode(tree), failure);
  sample::folder folder;
  for (int i = 0; i < 70; ++i) folder = {{{"", std::move(folder)}}};
  CHECK_THROWS_AS(encode(folder), failure);
}

TEST_CASE("a length beyond 32 bits cannot be written") {
  bytes into;
  encoder to{into};
  CHECK_NOTHROW(to.count(0xffff'ffff));
  CHECK_THROWS_WITH(to.count(0x1'0000'0000), "a value of 4294967296 bytes or elements: at most 2^32-1 can travel");
}

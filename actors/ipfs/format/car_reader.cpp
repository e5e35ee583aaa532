#include "actors/ipfs/format/car_reader.hpp"

#include "actors/ipfs/format/block.hpp"
#include "actors/ipfs/format/car.hpp"
#include "actors/ipfs/format/cbor.hpp"
#include "actors/ipfs/format/varint.hpp"
#include "interfaces/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t buffer_size = 1 << 20;
constexpr std::size_t version_2_header =
    40;                                 // characteristics, then offset and size of the payload, offset of the index
constexpr std::size_t pragma_size = 11; // what says that it is a version 2: a header like version 1's

std::uint64_t little_endian(bytes_view eight) {
  std::uint64_t out = 0;
  for (std::size_t i = 8; i-- > 0;) out = out << 8 | std::to_integer<std::uint64_t>(eight[i]);
  return out;
}

} // namespace

car_reader::car_reader(std::function<std::size_t(std::span<std::byte>)> source, std::string place)
    : source_(std::move(source)), place_(std::move(place)), buffer_(buffer_size) {
  read_header();
}

void car_reader::refuse(std::string_view why) const {
  throw failure(errc::damaged, place_ + " " + std::string(why) + ", at byte " + std::to_string(position_));
}

void car_reader::refill() {
  if (source_ended_) return;
  begin_ = 0;
  end_ = source_(buffer_);
  source_ended_ = end_ < buffer_.size();
}

bool car_reader::at_end() {
  if (data_end_ && position_ >= *data_end_) return true;
  if (begin_ == end_) refill();
  return begin_ == end_;
}

bytes car_reader::take(std::size_t size, const char* of) {
  if (data_end_ && *data_end_ - position_ < size) refuse(std::string("ends in the midst of ") + of);
  bytes out;
  out.reserve(size);
  while (out.size() < size) {
    if (begin_ == end_) refill();
    if (begin_ == end_) refuse(std::string("ends in the midst of ") + of);
    auto some = std::min(size - out.size(), end_ - begin_);
    append(out, bytes_view(buffer_).subspan(begin_, some));
    begin_ += some;
    position_ += some;
  }
  return out;
}

std::uint64_t car_reader::take_length(std::uint64_t most, const char* of) {
  bytes varint;
  do {
    if (varint.size() == longest_varint) refuse(std::string("has no sound length before ") + of);
    varint.push_back(take(1, of).front());
  } while (std::to_integer<unsigned>(varint.back()) & 0x80);
  bytes_view rest = varint;
  auto length = take_varint(rest);
  if (!length || *length == 0) refuse(std::string("has no sound length before ") + of);
  if (*length > most)
    refuse("has " + std::string(of) + " of " + std::to_string(*length) + " bytes, and " + std::to_string(most)
           + " are the most");
  return *length;
}

void car_reader::read_header() {
  std::uint64_t version = 0;
  bytes header;
  try {
    if (at_end()) throw failure(errc::bad_request, place_ + " is empty, and no CAR archive");
    header = take(take_length(longest_header, "the header"), "the header");
    cbor_reader cbor(header);
    auto map = cbor.take();
    if (map.type != cbor_type::map || map.argument > 2) throw failure(errc::damaged, "");
    for (std::uint64_t i = 0; i < map.argument; ++i) {
      auto key = text_of(cbor.take_string(cbor.take()));
      auto value = cbor.take();
      if (key == "version" && value.type == cbor_type::unsigned_integer) version = value.argument;
      else if (key == "roots" && value.type == cbor_type::array)
        for (std::uint64_t r = 0; r < value.argument; ++r) {
          cbor.take();
          cbor.take_string(cbor.take());
        }
      else throw failure(errc::damaged, "");
    }
  } catch (const failure& f) {
    if (f.code() != errc::damaged) throw;
    throw failure(errc::bad_request, place_ + " is no CAR archive: it does not begin with the header of one");
  }
  if (version == 1) return read_roots(header);
  if (version != 2 || data_end_)
    throw failure(errc::bad_request, place_ + " is a CAR archive of version " + std::to_string(version)
                                         + ", and only 1 and 2 can be read");
  enter_version_2();
}

/// Skips to the payload, which is an archive of version 1.
void car_reader::enter_version_2() {
  auto header = take(version_2_header, "the header of version 2");
  auto begin = little_endian(bytes_view(header).subspan(16, 8)),
       size = little_endian(bytes_view(header).subspan(24, 8));
  std::uint64_t end = 0;
  if (begin < pragma_size + version_2_header || size == 0 || __builtin_add_overflow(begin, size, &end))
    refuse("has a header of version 2 that is not sound");
  while (position_ < begin) take(std::min<std::uint64_t>(begin - position_, buffer_size), "the gap before its payload");
  data_end_ = end;
  read_header();
}

void car_reader::read_roots(bytes_view header) {
  cbor_reader cbor(header);
  auto map = cbor.take();
  for (std::uint64_t i = 0; i < map.argument; ++i) {
    auto key = text_of(cbor.take_string(cbor.take()));
    auto value = cbor.take();
    if (key != "roots") continue;
    for (std::uint64_t r = 0; r < value.argument; ++r) {
      auto tag = cbor.take();
      auto string = cbor.take();
      auto id = cbor.take_string(string);
      if (tag.type != cbor_type::tag || tag.argument != cid_tag || string.type != cbor_type::byte_string || id.empty()
          || id.front() != std::byte{0})
        refuse("has something else than CIDs among its roots");
      roots_.push_back(content_id::from_bytes(id.subspan(1)));
    }
  }
}

std::optional<archived_block> car_reader::next() {
  if (at_end()) return {};
  auto section = take(take_length(largest_block + longest_cid, "a section"), "a section");
  bytes_view block = section;
  archived_block out;
  try {
    out.id = content_id::take(block);
  } catch (const failure& f) {
    refuse("has a section without a CID (" + f.message() + ")");
  }
  if (block.size() > largest_block) refuse("has a block of more than 2 MiB");
  verify(out.id, block, place_);
  out.block.assign(block.begin(), block.end());
  return out;
}

} // namespace pillar::ipfs::engine

#include "actors/ipfs/files/tar_writer.hpp"

#include "interfaces/utf8.hpp"

#include <algorithm>
#include <array>

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::size_t longest_piece = 1 << 20;
constexpr std::size_t name_size = 100;                 // bytes of a name or target that a header holds
constexpr std::uint64_t number_limit = 1ull << 3 * 11; // 11 octal digits
constexpr char extended = 'x';                         // the type of a header with records

/// The header of an entry (pax, section "ustar Interchange Format").
struct header {
  std::array<char, name_size> name;
  std::array<char, 8> mode, user, group;
  std::array<char, 12> size, time;
  std::array<char, 8> checksum;
  char type;
  std::array<char, name_size> target;
  std::array<char, 6> magic;
  std::array<char, 2> version;
  std::array<char, 32> user_name, group_name;
  std::array<char, 8> major, minor;
  std::array<char, 155> prefix;
  std::array<char, 12> unused;
};
static_assert(sizeof(header) == block_size);

void set_text(auto& field, std::string_view text) {
  std::ranges::copy(text.substr(0, field.size()), field.begin());
}

void set_number(auto& field, std::uint64_t number) { // octal digits, and a NUL
  for (auto digit = field.rbegin() + 1; digit != field.rend(); ++digit, number >>= 3)
    *digit = static_cast<char>('0' + (number & 7));
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (!character) return false;
    text.remove_prefix(character->bytes);
  }
  return true;
}

/// Whether the header cannot hold a name. A short one that is no text in UTF-8 is written there as it is, as GNU tar
/// does.
bool needs_record(std::string_view name) {
  const bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<signed char>(c) > 0; });
  return name.size() > name_size || (!ascii && is_utf8(name));
}

/// "17 path=some/name\n", where the number counts the bytes of all of it.
std::string record(std::string_view key, std::string_view value) {
  const auto rest = key.size() + value.size() + 3;
  auto size = rest + 1;
  while (size != rest + std::to_string(size).size()) size = rest + std::to_string(size).size();
  return std::to_string(size).append(" ").append(key).append("=").append(value).append("\n");
}

/// "-1.5" of -2 s and 500,000,000 ns.
std::string time_text(std::int64_t seconds, std::uint32_t nanoseconds) {
  constexpr std::uint32_t second = 1'000'000'000;
  if (nanoseconds == 0) return std::to_string(seconds);
  const bool negative = seconds < 0;
  auto fraction = std::to_string(second + (negative ? second - nanoseconds : nanoseconds)).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return (negative ? "-" + std::to_string(-(seconds + 1)) : std::to_string(seconds)) + "." + fraction;
}

/// What the header of the entry cannot say.
std::string records_of(const tar_entry& entry) {
  std::string out;
  if (needs_record(entry.path)) out += record("path", entry.path);
  if (needs_record(entry.target)) out += record("linkpath", entry.target);
  if (entry.size >= number_limit) out += record("size", std::to_string(entry.size));
  if (entry.seconds < 0 || static_cast<std::uint64_t>(entry.seconds) >= number_limit || entry.nanoseconds != 0)
    out += record("mtime", time_text(entry.seconds, entry.nanoseconds));
  return out;
}

} // namespace

void tar_writer::begin(const tar_entry& entry) {
  pad();
  if (const auto records = records_of(entry); !records.empty()) {
    put_header({.path = "PaxHeaders/" + entry.path.substr(entry.path.rfind('/', entry.path.size() - 2) + 1),
                .mode = 0644,
                .seconds = entry.seconds,
                .size = records.size()},
               extended);
    put(view_of(records));
    pad();
  }
  put_header(entry, static_cast<char>(entry.what));
}

void tar_writer::content(bytes_view data) {
  put(data);
}

void tar_writer::finish() {
  constexpr std::array<std::byte, 2 * block_size> end{};
  pad();
  put(end);
  flush();
}

void tar_writer::put_header(const tar_entry& entry, char type) {
  header out{};
  set_text(out.name, entry.path);
  set_number(out.mode, entry.mode);
  set_number(out.user, 0);
  set_number(out.group, 0);
  set_number(out.size, entry.size < number_limit ? entry.size : 0);
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(entry.seconds, 0));
  set_number(out.time, std::min(seconds, number_limit - 1));
  out.type = type;
  set_text(out.target, entry.target);
  set_text(out.magic, "ustar");
  set_text(out.version, "00");
  out.checksum.fill(' ');
  const auto data = std::as_bytes(std::span(&out, 1));
  std::uint64_t sum = 0;
  for (auto byte : data) sum += std::to_integer<unsigned>(byte);
  set_number(out.checksum, sum);
  put(data);
}

/// Zeros up to the end of a block.
void tar_writer::pad() {
  constexpr std::array<std::byte, block_size> zeros{};
  put(bytes_view(zeros).first((block_size - written_ % block_size) % block_size));
}

void tar_writer::put(bytes_view data) {
  written_ += data.size();
  while (!data.empty()) {
    const auto part = data.first(std::min(data.size(), longest_piece - piece_.size()));
    append(piece_, part);
    data = data.subspan(part.size());
    if (piece_.size() == longest_piece) flush();
  }
}

void tar_writer::flush() {
  if (!piece_.empty()) to_(piece_);
  piece_.clear();
}

} // namespace pillar::ipfs::engine

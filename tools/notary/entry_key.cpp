#include "tools/notary/entry_key.hpp"

#include "actors/ipfs/format/hasher.hpp"
#include "interfaces/db.hpp"
#include "interfaces/utf8.hpp"

#include <cstdio>
#include <span>

namespace ledger {

namespace {

constexpr std::size_t version_digits = 8;
constexpr std::size_t longest_name = pillar::db::longest_key - entry_prefix.size() - 1 - version_digits; // after '@'
constexpr std::size_t hash_size = 1 + 64;                                                                // '~' and hex

void append_hex(std::string& to, unsigned char byte, const char* digits) {
  to += digits[byte >> 4];
  to += digits[byte & 15];
}

bool is_plain(std::uint32_t character) {
  bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
  return !control && character != '%' && character != '@' && character != '~';
}

/// The name's text form, in pieces that must not be cut: a character, or an escaped byte.
std::string take_piece(std::string_view& name) {
  std::string piece;
  if (auto next = pillar::first_character(name); next && is_plain(next->code)) {
    piece = name.substr(0, next->bytes);
  } else {
    piece = '%';
    append_hex(piece, static_cast<unsigned char>(name.front()), "0123456789ABCDEF");
  }
  name.remove_prefix(piece.front() == '%' ? 1 : piece.size());
  return piece;
}

std::string hash_text(std::string_view name) {
  std::string text = "~";
  auto hash =
      pillar::ipfs::engine::hash_of(pillar::ipfs::engine::hash_function::sha2_256, std::as_bytes(std::span(name)));
  for (auto byte : hash.digest()) append_hex(text, static_cast<unsigned char>(byte), "0123456789abcdef");
  return text;
}

std::string file_text(std::string_view name) {
  std::string text;
  std::size_t cut = 0; // where the hash goes if all of it is too long
  for (auto rest = name; !rest.empty() && text.size() <= longest_name;) {
    text += take_piece(rest);
    if (text.size() <= longest_name - hash_size) cut = text.size();
  }
  if (text.size() <= longest_name) return text;
  return text.substr(0, cut) + hash_text(name);
}

} // namespace

std::string entry_key(std::string_view name, std::uint32_t version) {
  char number[1 + version_digits + 3];
  std::snprintf(number, sizeof number, "@%08u", version);
  return std::string(entry_prefix) + file_text(name) + number;
}

std::string_view file_part(std::string_view key) {
  return key.substr(0, key.rfind('@'));
}

} // namespace ledger

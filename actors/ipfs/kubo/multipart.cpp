#include "actors/ipfs/kubo/multipart.hpp"

#include "actors/ipfs/store/block_store.hpp"

#include <charconv>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

/// Kubo reads the number as one of Go's os.FileMode, which keeps the three bits above the permissions elsewhere.
std::string mode_text(std::uint32_t mode) {
  auto go = mode & 0777;
  if (mode & 04000) go |= 1u << 23;
  if (mode & 02000) go |= 1u << 22;
  if (mode & 01000) go |= 1u << 20;
  char digits[16];
  auto end = std::to_chars(digits, digits + sizeof digits, go, 8).ptr;
  return "0" + std::string(digits, end);
}

/// "file?mode=0644&mtime=1604320482&mtime-nsecs=54321"
std::string form_name(const unixfs_metadata& metadata) {
  std::string out = "file";
  char separator = '?';
  auto add = [&](const char* name, const std::string& value) {
    out += separator + std::string(name) + "=" + value;
    separator = '&';
  };
  if (metadata.mode) add("mode", mode_text(*metadata.mode));
  if (metadata.mtime) {
    add("mtime", std::to_string(metadata.mtime->seconds));
    add("mtime-nsecs", std::to_string(metadata.mtime->nanoseconds));
  }
  return out;
}

} // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  std::string out;
  for (auto c : text) {
    if (plain.find(c) != plain.npos) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

multipart_writer::multipart_writer(sink to) : sink_(std::move(to)), boundary_("pillar-" + random_identity()) {}

void multipart_writer::part(std::string_view path, std::string_view type, std::string_view absolute) {
  std::string head = begun_ ? "\r\n" : "";
  begun_ = true;
  head += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"" + form_name(metadata_) + "\"";
  metadata_ = {};
  head += "; filename=\"" + percent_encoded(path) + "\"\r\nContent-Type: " + std::string(type) + "\r\n";
  if (!absolute.empty()) head += "Abspath-Encoded: " + percent_encoded(absolute) + "\r\n";
  write(head + "\r\n");
}

void multipart_writer::file(std::string_view path, std::string_view absolute) {
  part(path, "application/octet-stream", absolute);
}

void multipart_writer::content(bytes_view piece) {
  sink_(piece);
}

void multipart_writer::directory(std::string_view path) {
  part(path, "application/x-directory", {});
}

void multipart_writer::symlink(std::string_view path, std::string_view target) {
  part(path, "application/symlink", {});
  write(target);
}

void multipart_writer::finish() {
  write((begun_ ? "\r\n--" : "--") + boundary_ + "--\r\n");
}

} // namespace pillar::ipfs::engine

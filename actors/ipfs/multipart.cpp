#include "actors/ipfs/multipart.hpp"

#include "actors/ipfs/block_store.hpp"

#include <utility>

namespace pillar::ipfs::engine {

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
  head += "--" + boundary_ + "\r\nContent-Disposition: form-data; name=\"file\"";
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

#include "tools/pillar/gzip_output.hpp"

#include <zlib.h>

#include <array>
#include <new>

namespace pillar::cli {

struct gzip_output::compressor : z_stream {};

gzip_output::gzip_output(output& to, int level) : to_(to), compressor_(std::make_unique<compressor>()) {
  constexpr int gzip = 16, window = 15, memory = 8; // zlib's own defaults
  if (::deflateInit2(compressor_.get(), level, Z_DEFLATED, window + gzip, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc(); // all else is right
}

gzip_output::~gzip_output() {
  ::deflateEnd(compressor_.get());
}

void gzip_output::write(std::span<const std::byte> data) {
  compress(data, Z_NO_FLUSH);
}

void gzip_output::finish() {
  compress({}, Z_FINISH);
}

/// `data` is shorter than 4 GiB, as all pieces are.
void gzip_output::compress(std::span<const std::byte> data, int how) {
  auto& state = *compressor_;
  std::array<std::byte, 64 * 1024> out;
  state.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(data.data())); // zlib does not write there
  state.avail_in = static_cast<uInt>(data.size());
  do {
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = out.size();
    ::deflate(&state, how);
    to_.write(std::span<const std::byte>(out).first(out.size() - state.avail_out));
  } while (state.avail_out == 0);
}

} // namespace pillar::cli

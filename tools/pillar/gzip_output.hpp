/// Output that is compressed on its way.
#pragma once

#include "tools/pillar/output.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace pillar::cli {

/// A gzip file (RFC 1952), written to an output. Errors: those of the output.
class gzip_output {
public:
  static constexpr int usual_level = 6; ///< of 1, the fastest, to 9, the smallest

  explicit gzip_output(output& to, int level = usual_level);
  gzip_output(const gzip_output&) = delete;
  gzip_output& operator=(const gzip_output&) = delete;
  ~gzip_output();

  void write(std::span<const std::byte> data);
  void finish();

private:
  struct compressor;

  void compress(std::span<const std::byte> data, int how);

  output& to_;
  std::unique_ptr<compressor> compressor_;
};

} // namespace pillar::cli

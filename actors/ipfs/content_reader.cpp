#include "actors/ipfs/content_reader.hpp"

#include "actors/ipfs/files/file_reader.hpp"
#include "actors/ipfs/guarded.hpp"

namespace pillar::ipfs {

content_reader::content_reader(std::unique_ptr<engine::file_reader> reader) : reader_(std::move(reader)) {}
content_reader::content_reader(content_reader&&) noexcept = default;
content_reader& content_reader::operator=(content_reader&&) noexcept = default;
content_reader::~content_reader() = default;

std::optional<bytes> content_reader::next() {
  return engine::guarded([&] { return reader_->next(); });
}

} // namespace pillar::ipfs

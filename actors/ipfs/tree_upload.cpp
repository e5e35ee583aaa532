#include "actors/ipfs/tree_upload.hpp"

#include "actors/ipfs/directory_builder.hpp"

#include <utility>

namespace pillar::ipfs::engine {

tree_upload::tree_upload(multipart_writer& form, import_options options, thread_pool& hashers, std::string name,
                         std::string absolute, std::stop_token stop)
    : form_(form), writer_(options, batch_), importer_(writer_, hashers, std::move(stop)), name_(std::move(name)),
      absolute_(std::move(absolute)) {}

std::string tree_upload::below(std::string_view base, const std::string& path) const {
  auto out = std::string(base);
  return path.empty() || base.empty() ? out : out + "/" + path;
}

void tree_upload::put(const std::string& path, imported child) {
  if (directories_.empty()) {
    root_ = std::move(child);
    return;
  }
  auto name = path.substr(path.rfind('/') + 1); // of all of it, when there is no slash
  directories_.back().push_back({std::move(child.id), std::move(name), child.tsize});
}

void tree_upload::enter(const std::string& path) {
  form_.directory(below(name_, path));
  directories_.emplace_back();
}

void tree_upload::leave(const std::string& path) {
  auto entries = std::move(directories_.back());
  directories_.pop_back();
  put(path, write_directory(writer_, std::move(entries), writer_.options().metadata));
}

void tree_upload::file(const std::string& path, const byte_source& read) {
  form_.file(below(name_, path), below(absolute_, path));
  auto child = importer_.import([&](std::span<std::byte> to) {
    auto size = read(to);
    form_.content(to.first(size));
    return size;
  });
  ++file_count_;
  byte_count_ += child.size;
  put(path, std::move(child));
}

void tree_upload::symlink(const std::string& path, std::string_view target) {
  form_.symlink(below(name_, path), target);
  ++file_count_;
  put(path, writer_.write_symlink(target, writer_.options().metadata));
}

} // namespace pillar::ipfs::engine

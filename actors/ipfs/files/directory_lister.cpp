#include "actors/ipfs/files/directory_lister.hpp"

#include "interfaces/error.hpp"

#include <utility>

namespace pillar::ipfs::engine {

directory_lister::directory_lister(std::shared_ptr<block_store> store, loaded_node directory, bool resolve)
    : store_(std::move(store)), directory_(std::make_unique<loaded_node>(std::move(directory))), resolve_(resolve) {
  if (directory_->unixfs.type == unixfs_type::symlink)
    throw failure(errc::bad_request, directory_->id.to_string() + " is a symbolic link: there is nothing to list");
  if (directory_->is_file()) content_size(*directory_); // refuses a file that contradicts itself
  entries_ = std::make_unique<entry_cursor>(*store_, *directory_);
}

std::optional<listed_entry> directory_lister::next() {
  if (!entries_) return {};
  try {
    if (auto link = entries_->next()) return describe(std::move(*link));
  } catch (...) {
    entries_.reset();
    throw;
  }
  entries_.reset();
  return {};
}

listed_entry directory_lister::describe(pb_link link) {
  listed_entry out{.name = std::move(link.name), .id = std::move(link.id), .tsize = link.tsize};
  if (out.id.codec() == codec::raw) {
    out.kind = kind::raw;
    out.size = store_->size_of(out.id).value_or(link.tsize); // what is not here can only be believed
    return out;
  }
  if (!resolve_) return out;
  auto node = load(*store_, out.id);
  if (node.is_directory()) {
    out.kind = kind::directory;
  } else if (node.is_file()) {
    out.kind = kind::file;
    out.size = content_size(node);
  } else {
    out.kind = kind::symlink;
    out.target = text_of(node.data());
    out.size = out.target.size();
  }
  out.metadata = node.unixfs.metadata;
  if (out.metadata.mode == 0u) out.metadata.mode.reset();
  return out;
}

} // namespace pillar::ipfs::engine

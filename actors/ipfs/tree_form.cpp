#include "actors/ipfs/tree_form.hpp"

namespace pillar::ipfs::engine {

void tree_form::describe(const file_attributes& attributes) {
  unixfs_metadata kept;
  if (options_.preserve_mode) kept.mode = attributes.mode;
  if (options_.preserve_mtime) kept.mtime = unixfs_time{attributes.mtime, attributes.nanoseconds};
  form_.describe_next(kept);
}

void tree_form::directory(const std::string& name, const file_attributes& attributes) {
  describe(attributes);
  form_.directory(name);
}

void tree_form::file(const std::string& name, const file_attributes& attributes) {
  describe(attributes);
  form_.file(name);
}

void tree_form::symlink(const std::string& name, const file_attributes& attributes, std::string_view target) {
  describe(attributes);
  form_.symlink(name, target);
}

} // namespace pillar::ipfs::engine

#include "actors/ipfs/files/tree_importer.hpp"

#include "actors/ipfs/files/directory_builder.hpp"
#include "interfaces/error.hpp"

#include <map>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

namespace fs = std::filesystem;

/// The name under which a path is added: its last part, also of "dir/" and "..".
std::string last_name(const fs::path& path) {
  auto whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole.filename() : whole.parent_path().filename();
}

} // namespace

tree_importer::tree_importer(file_system& files, const node_writer& writer, thread_pool& pool, tree_options options,
                             std::stop_token stop, progress_callback tell)
    : files_(files), writer_(writer), importer_(writer, pool, stop), options_(std::move(options)),
      stop_(std::move(stop)), tell_(std::move(tell)) {}

imported tree_importer::add(const fs::path& path) {
  forget();
  walk(path);
  return finish(std::move(root_));
}

imported tree_importer::add_wrapped(const std::vector<fs::path>& paths) {
  std::map<std::string, fs::path> named; // in the order of their names, as Kubo takes them
  for (const auto& path : paths) {
    auto name = last_name(path);
    check_entry_name(name);
    if (!named.emplace(name, path).second)
      throw failure(errc::bad_request, "two of the paths are called " + in_quotes(name)
                                           + ": one directory cannot hold both, so rename one or add them apart");
  }
  forget();
  frames_.push_back({.metadata = writer_.options().metadata});
  for (const auto& [name, path] : named) walk(path);
  return finish(close_directory(""));
}

/// Drops what an add that failed has left.
void tree_importer::forget() {
  frames_.clear();
  directories_.clear();
}

void tree_importer::walk(const fs::path& path) {
  name_ = last_name(path);
  walk_tree(files_, path, options_.hidden, options_.ignore, stop_, *this);
}

/// Tells of the directories, which Kubo does last.
imported tree_importer::finish(imported root) {
  for (const auto& [name, directory] : directories_) tell_({.name = name, .done = &directory});
  directories_.clear();
  return root;
}

void tree_importer::about(const file_attributes& attributes) {
  attributes_ = attributes;
  metadata_ = writer_.options().metadata;
  if (writer_.options().preserve_mode) metadata_.mode = attributes.mode;
  if (writer_.options().preserve_mtime) metadata_.mtime = unixfs_time{attributes.mtime, attributes.nanoseconds};
}

void tree_importer::enter(const std::string& path) {
  if (options_.listener) options_.listener->directory(shown(path), attributes_);
  frames_.push_back({.metadata = metadata_});
}

void tree_importer::leave(const std::string& path) {
  auto name = shown(path);
  put(name, close_directory(name));
}

void tree_importer::file(const std::string& path, const byte_source& read) {
  auto name = shown(path);
  auto heard = read;
  if (options_.listener) {
    options_.listener->file(name, attributes_);
    heard = [&](std::span<std::byte> to) {
      auto size = read(to);
      options_.listener->content(to.first(size));
      return size;
    };
  }
  auto child = importer_.import(with_progress(heard, name, tell_), metadata_);
  ++file_count_;
  byte_count_ += child.size;
  if (tell_) tell_({.name = name, .bytes = child.size, .done = &child});
  put(name, std::move(child));
}

void tree_importer::symlink(const std::string& path, std::string_view target) {
  auto name = shown(path);
  if (options_.listener) options_.listener->symlink(name, attributes_, target);
  auto child = writer_.write_symlink(target, metadata_);
  ++file_count_;
  if (tell_) tell_({.name = name, .done = &child});
  put(name, std::move(child));
}

/// The whole name of something below the path that is being added.
std::string tree_importer::shown(const std::string& path) const {
  return path.empty() ? name_ : name_ + "/" + path;
}

imported tree_importer::close_directory(const std::string& name) {
  auto done = std::move(frames_.back());
  frames_.pop_back();
  auto out = write_directory(writer_, done.entries, done.metadata);
  if (tell_) directories_.emplace_back(name, out);
  return out;
}

/// Puts what is done into the directory around it; what has none is the root.
void tree_importer::put(const std::string& name, imported child) {
  if (frames_.empty()) root_ = std::move(child);
  else frames_.back().entries.add(child.id, std::string_view(name).substr(name.rfind('/') + 1), child.tsize);
}

} // namespace pillar::ipfs::engine

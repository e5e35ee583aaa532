/// Files and directory trees from the file system, as UnixFS.
#pragma once

#include "actors/ipfs/files/entry_list.hpp"
#include "actors/ipfs/files/file_importer.hpp"
#include "actors/ipfs/files/ignore_rules.hpp"
#include "actors/ipfs/files/import_progress.hpp"
#include "actors/ipfs/files/tree_walk.hpp"

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pillar::ipfs::engine {

/// Hears what is imported, by the same names and in the same order, before it is; and the very same bytes. What a
/// function throws ends the import.
class tree_listener {
public:
  virtual ~tree_listener() = default;
  virtual void directory(const std::string& name, const file_attributes& attributes) = 0;
  /// A file, whose `content` follows, in pieces.
  virtual void file(const std::string& name, const file_attributes& attributes) = 0;
  virtual void content(bytes_view piece) = 0;
  virtual void symlink(const std::string& name, const file_attributes& attributes, std::string_view target) = 0;
};

/// What of a tree to take. The path itself is taken in any case.
struct tree_options {
  bool hidden = false;      ///< names that begin with a dot, too
  ignore_rules ignore = {}; ///< for what lies below it
  tree_listener* listener = nullptr;
};

/// Adds what lies at a path. Symbolic links are stored as such and never followed. Holds the names and links of the
/// directories on the way down, and three open files; with a callback also the name and CID of every directory.
class tree_importer final : private tree_visitor {
public:
  /// The callback hears of files and links as they are done, and of directories behind all of them, the inner ones
  /// first, as Kubo tells it.
  tree_importer(file_system& files, const node_writer& writer, thread_pool& pool, tree_options options,
                std::stop_token stop, progress_callback tell = {});

  /// Throws not_found, bad_request (something that is no file, directory or symbolic link), io_error, cancelled, and
  /// what the batch and the callback throw.
  imported add(const std::filesystem::path& path);

  /// Adds several paths, each under its last name, into one new directory, which it returns. Throws as `add`, and
  /// bad_request when two of them have the same name or one has none.
  imported add_wrapped(const std::vector<std::filesystem::path>& paths);

  std::uint64_t file_count() const { return file_count_; } ///< regular files and symbolic links so far
  std::uint64_t byte_count() const { return byte_count_; } ///< of their content; links have none

private:
  /// A directory on the way down.
  struct frame {
    unixfs_metadata metadata;
    entry_list entries = {};
  };

  void about(const file_attributes& attributes) override;
  void enter(const std::string& path) override;
  void leave(const std::string& path) override;
  void file(const std::string& path, const byte_source& read) override;
  void symlink(const std::string& path, std::string_view target) override;

  void forget();
  void walk(const std::filesystem::path& path);
  void put(const std::string& name, imported child);
  std::string shown(const std::string& path) const;
  imported close_directory(const std::string& name);
  imported finish(imported root);

  file_system& files_;
  const node_writer& writer_;
  file_importer importer_;
  tree_options options_;
  std::stop_token stop_;
  progress_callback tell_;
  std::string name_;           ///< of the path that is being added
  file_attributes attributes_; ///< of what comes next
  unixfs_metadata metadata_;
  std::vector<frame> frames_;
  imported root_;
  std::vector<std::pair<std::string, imported>> directories_; ///< of which the callback is to be told
  std::uint64_t file_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

} // namespace pillar::ipfs::engine

/// A tree as a multipart form, and the CID that a sound daemon must give it.
#pragma once

#include "actors/ipfs/discarding_batch.hpp"
#include "actors/ipfs/file_importer.hpp"
#include "actors/ipfs/import_options.hpp"
#include "actors/ipfs/multipart.hpp"
#include "actors/ipfs/tree_walk.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

/// Visits a tree: writes each thing into the form, and imports the very same bytes, without keeping blocks.
class tree_upload final : public tree_visitor {
public:
  /// `name` is what the tree is called in the form; `absolute` where it lies, or empty.
  tree_upload(multipart_writer& form, import_options options, thread_pool& hashers, std::string name,
              std::string absolute = {}, std::stop_token stop = {});

  void enter(const std::string& path) override;
  void leave(const std::string& path) override;
  void file(const std::string& path, const byte_source& read) override;
  void symlink(const std::string& path, std::string_view target) override;

  const content_id& root() const { return root_.id; }      ///< of what was visited
  std::uint64_t file_count() const { return file_count_; } ///< regular files and symbolic links so far
  std::uint64_t byte_count() const { return byte_count_; } ///< of their content; links have none

private:
  std::string below(std::string_view base, const std::string& path) const;
  void put(const std::string& path, imported child);

  multipart_writer& form_;
  discarding_batch batch_;
  node_writer writer_;
  file_importer importer_;
  std::string name_;
  std::string absolute_;
  std::vector<std::vector<pb_link>> directories_; ///< what was put into those on the way down
  imported root_;
  std::uint64_t file_count_ = 0;
  std::uint64_t byte_count_ = 0;
};

} // namespace pillar::ipfs::engine

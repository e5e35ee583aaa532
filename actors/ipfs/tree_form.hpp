/// A tree, while it is imported, as a multipart form.
#pragma once

#include "actors/ipfs/files/tree_importer.hpp"
#include "actors/ipfs/kubo/multipart.hpp"

namespace pillar::ipfs::engine {

/// Writes all that it hears of into a form, with the modes and times that the options keep.
class tree_form final : public tree_listener {
public:
  tree_form(multipart_writer& form, const import_options& options) : form_(form), options_(options) {}

  void directory(const std::string& name, const file_attributes& attributes) override;
  void file(const std::string& name, const file_attributes& attributes) override;
  void content(bytes_view piece) override { form_.content(piece); }
  void symlink(const std::string& name, const file_attributes& attributes, std::string_view target) override;

private:
  void describe(const file_attributes& attributes);

  multipart_writer& form_;
  const import_options& options_;
};

} // namespace pillar::ipfs::engine

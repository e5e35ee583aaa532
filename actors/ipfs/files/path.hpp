/// Paths into content: a CID, and names that lead from it downwards.
#pragma once

#include "actors/ipfs/files/node_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

struct content_path {
  content_id root;
  std::vector<std::string> names;

  /// From "CID", "/ipfs/CID", "ipfs://CID", each with "/name/..." behind it; one slash at the end is ignored. Names are
  /// taken as they are: nothing is unescaped. Throws bad_request (no CID, or a name that is empty, "." or ".." or holds
  /// a NUL), unsupported ("/ipns/...").
  static content_path parse(std::string_view text);

  /// The last name, or the root's text.
  std::string last_part() const;
};

/// The CID that a path leads to; nothing of what it names is read. Throws not_found, naming the part that is not there,
/// bad_request (a name below a file), damaged, unsupported.
content_id resolve(block_store& store, const content_path& path);

} // namespace pillar::ipfs::engine

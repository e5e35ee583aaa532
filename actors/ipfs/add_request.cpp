#include "actors/ipfs/add_request.hpp"

#include "interfaces/error.hpp"

#include <set>

namespace pillar::ipfs {

namespace {

constexpr std::size_t longest_pin_name = 255; // bytes, as Kubo has it

/// "b" of "a/b", "a/b/" and "a/b/.".
std::string last_name(const std::filesystem::path& path) {
  auto normal = path.lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

} // namespace

engine::import_options import_options_of(const add_options& options, const engine::import_options& defaults) {
  engine::import_request request{.profile = options.profile,
                                 .cid_version = options.cid_version,
                                 .raw_leaves = options.raw_leaves,
                                 .chunker = options.chunker,
                                 .hash = options.hash,
                                 .trickle = {},
                                 .max_links = {},
                                 .hamt_fanout = {},
                                 .inline_limit = {},
                                 .mode = options.mode,
                                 .mtime = {},
                                 .preserve_mode = options.preserve_mode,
                                 .preserve_mtime = options.preserve_mtime};
  if (options.trickle) request.trickle = true;
  if (options.inline_limit != 0) request.inline_limit = options.inline_limit;
  if (options.mtime) request.mtime = {options.mtime->seconds, options.mtime->nanoseconds};
  return engine::make_import_options(request, defaults);
}

void check_pin_name(std::string_view name) {
  if (name.size() > longest_pin_name)
    throw failure(errc::too_large, "the pin's name has " + std::to_string(name.size()) + " bytes, and "
                                       + std::to_string(longest_pin_name) + " are the most");
}

void check_selection(const selection& what) {
  if (what.paths.empty()) throw failure(errc::bad_request, "there is nothing to add: name a file or directory");
  std::set<std::string> names;
  for (auto& path : what.paths)
    if (auto name = last_name(path); !names.insert(name).second)
      throw failure(errc::bad_request, "two of the paths end with the name " + engine::in_quotes(name)
                                           + ": add them one by one, or rename one");
}

} // namespace pillar::ipfs

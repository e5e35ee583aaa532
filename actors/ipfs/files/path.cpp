#include "actors/ipfs/files/path.hpp"

#include "actors/ipfs/files/directory_builder.hpp"
#include "actors/ipfs/files/directory_reader.hpp"
#include "interfaces/error.hpp"

namespace pillar::ipfs::engine {
namespace {

constexpr std::size_t longest_path = 16 << 10; // bytes; a path is a person's or a link's, not content

} // namespace

content_path content_path::parse(std::string_view text) {
  if (text.size() > longest_path)
    throw failure(errc::bad_request, "path " + in_quotes(text) + " is longer than 16 KiB: shorten it");
  if (text.starts_with("/ipns/") || text.starts_with("ipns://"))
    throw failure(errc::unsupported,
                  "path " + in_quotes(text) + " is a mutable name (IPNS): give the CID it stands for");
  auto rest = text;
  for (std::string_view scheme : {"/ipfs/", "ipfs://"}) {
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      break;
    }
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto slash = rest.find('/');
  content_path path{content_id::parse(rest.substr(0, slash)), {}};
  while (slash != rest.npos) {
    rest.remove_prefix(slash + 1);
    slash = rest.find('/');
    auto name = rest.substr(0, slash);
    try {
      check_entry_name(name);
    } catch (const failure& f) {
      throw failure(errc::bad_request, "path " + in_quotes(text) + ": " + f.message());
    }
    path.names.emplace_back(name);
  }
  return path;
}

std::string content_path::last_part() const {
  return names.empty() ? root.to_string() : names.back();
}

content_id resolve(block_store& store, const content_path& path) {
  auto id = path.root;
  auto so_far = id.to_string();
  for (const auto& name : path.names) {
    auto node = load(store, id);
    if (!node.is_directory())
      throw failure(errc::bad_request,
                    so_far + " is no directory: nothing can be below it, such as " + in_quotes(name));
    auto entry = find_entry(store, node, name);
    if (!entry) throw failure(errc::not_found, "no entry " + in_quotes(name) + " in " + so_far);
    id = entry->id;
    so_far += "/" + in_quotes(name);
  }
  return id;
}

} // namespace pillar::ipfs::engine

#include "actors/ipfs/files/import_options.hpp"

#include "actors/ipfs/format/hash_name.hpp"
#include "actors/ipfs/format/hasher.hpp"
#include "interfaces/error.hpp"

#include <bit>

namespace pillar::ipfs::engine {
namespace {

constexpr std::uint32_t permissions = 0777;

void demand(bool met, const std::string& what) {
  if (!met) throw failure(errc::bad_request, "import option " + what);
}

void take_profile(import_options& options, std::string_view name) {
  if (name == "unixfs-v1-2025") {
    options = import_options::unixfs_v1_2025();
  } else if (name == "unixfs-v0-2015") {
    options = {};
    options.raw_leaves = false;
  } else {
    throw failure(errc::bad_request,
                  "import profile " + in_quotes(name) + " is not known: use unixfs-v0-2015 or unixfs-v1-2025");
  }
}

unixfs_metadata metadata_of(const import_request& request) {
  unixfs_metadata out;
  if (request.mode && *request.mode != 0) {
    demand((*request.mode & permissions) != 0, "mode holds no permission: use 1 to 777 (octal)");
    out.mode = *request.mode & permissions;
  }
  if (request.mtime && request.mtime->seconds != 0) out.mtime = request.mtime;
  demand(out.mtime || !request.mtime || request.mtime->nanoseconds == 0,
         "mtime has nanoseconds and no seconds: give both");
  return out;
}

} // namespace

import_options import_options::unixfs_v1_2025() {
  import_options options;
  options.cid_version = 1;
  options.raw_leaves = true;
  options.chunker = chunker::fixed(1 << 20);
  options.max_links = 1024;
  options.hamt_estimate = directory_estimate::block;
  return options;
}

import_options checked(import_options options) {
  demand(options.cid_version <= 1, "cid-version must be 0 or 1");
  demand(options.max_links >= 2 && options.max_links <= 8192, "max-links must be 2 to 8192");
  demand(std::has_single_bit(options.hamt_fanout) && options.hamt_fanout >= 8 && options.hamt_fanout <= 1024,
         "hamt-fanout must be a power of 2 from 8 to 1024");
  demand(is_known(options.hash), "hash names a function that this program does not know");
  demand(options.inline_limit.value_or(0) <= longest_inline,
         "inline-limit must be 0 to " + std::to_string(longest_inline) + " bytes");
  if (options.metadata.mtime) check_nanoseconds("mtime", options.metadata.mtime->nanoseconds);
  demand(
      !options.keeps_metadata() || !options.raw_leaves.value_or(false),
      "raw-leaves cannot be used with a mode or a modification time, for raw blocks hold none: leave one of them out");
  if (options.hash != hash_function::sha2_256) options.cid_version = 1;
  if (options.metadata.mode) options.preserve_mode = false;
  if (options.metadata.mtime) options.preserve_mtime = false;
  return options;
}

import_options make_import_options(const import_request& request, import_options options) {
  auto version_given = request.cid_version.has_value() || !request.profile.empty();
  if (!request.profile.empty()) take_profile(options, request.profile);
  if (request.cid_version) options.cid_version = *request.cid_version;
  if (request.raw_leaves) options.raw_leaves = request.raw_leaves;
  if (!request.chunker.empty()) options.chunker = chunker::parse(request.chunker);
  if (!request.hash.empty()) options.hash = hash_function_of(request.hash);
  if (request.trickle) options.layout = *request.trickle ? file_layout::trickle : file_layout::balanced;
  if (request.max_links) options.max_links = *request.max_links;
  if (request.hamt_fanout) options.hamt_fanout = *request.hamt_fanout;
  if (request.inline_limit) options.inline_limit = request.inline_limit;
  auto metadata = metadata_of(request);
  if (metadata.mode) options.metadata.mode = metadata.mode;
  if (metadata.mtime) options.metadata.mtime = metadata.mtime;
  options.preserve_mode |= request.preserve_mode;
  options.preserve_mtime |= request.preserve_mtime;
  demand(options.hash == hash_function::sha2_256 || options.cid_version == 1 || !version_given,
         "cid-version 0 takes the hash sha2-256 only: use cid-version 1 with " + std::string(name_of(options.hash)));
  return checked(std::move(options));
}

} // namespace pillar::ipfs::engine

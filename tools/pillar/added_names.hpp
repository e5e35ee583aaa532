/// The names under which `ipfs add` tells what it added.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace pillar::cli {

/// The last part of a path, also of "dir/", "." and "..".
std::string name_of(const std::filesystem::path& path);

/// Calls `visit` with every path below a directory, relative to it, in the order in which `ipfs add` tells them: sorted
/// by name, a directory after what it holds, without the directory itself. Hidden names only when asked for; symbolic
/// links are not followed. What vanishes meanwhile is left out.
void for_each_below(const std::filesystem::path& directory, bool hidden,
                    const std::function<void(const std::filesystem::path&)>& visit);

} // namespace pillar::cli

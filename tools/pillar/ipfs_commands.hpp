/// `pillar ipfs ...`: content by its CID.
#pragma once

#include "tools/pillar/command.hpp"

namespace pillar::cli {

// content
action ipfs_add(CLI::App& line);
action ipfs_cat(CLI::App& line);
action ipfs_get(CLI::App& line);
action ipfs_ls(CLI::App& line);
action ipfs_stat(CLI::App& line);
action ipfs_resolve(CLI::App& line);

// what is kept
action ipfs_pin_add(CLI::App& line);
action ipfs_pin_rm(CLI::App& line);
action ipfs_pin_ls(CLI::App& line);
action ipfs_gc(CLI::App& line);
action ipfs_verify(CLI::App& line);
action ipfs_repo_stat(CLI::App& line);
action ipfs_id(CLI::App& line);

// blocks and archives
action ipfs_block_put(CLI::App& line);
action ipfs_block_get(CLI::App& line);
action ipfs_block_stat(CLI::App& line);
action ipfs_block_rm(CLI::App& line);
action ipfs_export(CLI::App& line);
action ipfs_import(CLI::App& line);

// topics
action ipfs_publish(CLI::App& line);
action ipfs_subscribe(CLI::App& line);

/// Declares the required PATH or PATHs to content.
void take_path(CLI::App& line, std::string& path);
void take_paths(CLI::App& line, std::vector<std::string>& paths);

} // namespace pillar::cli

/// The three workers as a node usually has them: IPFS and DB in the node's data directory, and a KeyManager on the DB.
/// Everything is wired here; an application that wants it otherwise calls node::provide itself.
#pragma once

#include "runtime/node.hpp"
#include "runtime/option_table.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace pillar {

namespace ipfs {
class backend;
}

/// Their options: ipfs.backend, ipfs.kubo.*, ipfs.workers, key-manager.user-id, key-manager.passphrase-file.
option_table standard_options();

/// Declares their options and provides ipfs::service, db::service and key_manager::service. Takes PILLAR_PASSPHRASE out
/// of the environment, so call it before other threads run. Nothing is opened before the node starts.
void provide_standard_workers(node& on);

/// The three one by one, for a program that needs fewer: declare standard_options() first. A KeyManager needs a DB.
void provide_ipfs(node& on); ///< the embedded store, or a Kubo daemon, as ipfs.backend says
void provide_db(node& on);
void provide_key_manager(node& on); ///< takes PILLAR_PASSPHRASE as above

/// IPFS from a backend of the caller's own, which is opened when the node starts.
void serve_ipfs(node& on, std::function<std::shared_ptr<ipfs::backend>()> open, std::size_t workers = 1);

/// The same three without a disk, for tests: nothing survives the node.
void provide_memory_workers(node& on);

} // namespace pillar

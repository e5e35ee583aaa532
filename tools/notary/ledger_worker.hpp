/// Keeps the ledger in the DB, and verifies it. The DB's namespaces go by who asks, so that whoever writes entries must
/// also be who reads them: this worker does both, and notaries and applications ask it.
#pragma once

#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"
#include "runtime/worker.hpp"
#include "tools/notary/ledger.hpp"

#include <filesystem>

namespace demo {

class ledger_worker
    : public pillar::worker<ledger_worker, ledger::service,
                            pillar::needs<pillar::ipfs::reader, pillar::key_manager::verifier, pillar::db::documents>> {
public:
  /// Of the files of this directory. A ledger belongs to one directory for good: with another one it does not start
  /// (conflict).
  ledger_worker(const pillar::context& ctx, std::filesystem::path directory);

  pillar::task<> on(ledger::enter request);
  pillar::source<ledger::entry> on(ledger::entries request);
  pillar::source<ledger::verdict> on(ledger::verify_all request);
  void on(ledger::report request);
  ledger::progress on(const ledger::status& request);

private:
  struct stored_entry;
  class cursor;

  pillar::task<> start() override;
  pillar::task<ledger::verdict> verify(stored_entry stored);
  pillar::task<> check_content(ledger::verdict& v, bool compare);
  pillar::task<> check_signature(ledger::verdict& v);

  std::filesystem::path directory_;
  ledger::progress progress_;
};

} // namespace demo

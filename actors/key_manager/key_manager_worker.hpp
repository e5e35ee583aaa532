/// Serves key_manager::service from an RNP keyring. The keys are made at the first start and kept in the DB, encrypted
/// with the passphrase; only this worker ever holds them unlocked.
#pragma once

#include "interfaces/db.hpp"
#include "interfaces/key_manager.hpp"
#include "runtime/worker.hpp"

#include <memory>
#include <optional>

namespace pillar::key_manager {

class passphrase_source;
class rnp_keyring;

class key_manager_worker : public worker<key_manager_worker, service, needs<db::documents>> {
public:
  /// `user_id` of new keys: a name, perhaps with an address: "node-1 <node-1@example.org>".
  key_manager_worker(const context& ctx, std::shared_ptr<const passphrase_source> passphrases, std::string user_id);
  ~key_manager_worker() override;

  result<signature> on(const sign& request);
  result<verified> on(const verify& request);
  certificate on(const public_key& request);

private:
  task<> start() override;
  void released() override;
  task<rnp_keyring> make_keys();

  std::shared_ptr<const passphrase_source> passphrases_;
  std::string user_id_;
  std::unique_ptr<rnp_keyring> keyring_;
};

} // namespace pillar::key_manager

#include "actors/key_manager/key_manager_worker.hpp"

#include "actors/key_manager/passphrase.hpp"
#include "actors/key_manager/rnp_keyring.hpp"

namespace pillar::key_manager {

namespace {
constexpr auto own_keys = "keys/own"; // in this worker's namespace of the DB
}

key_manager_worker::key_manager_worker(const context& ctx, std::shared_ptr<const passphrase_source> passphrases,
                                       std::string user_id)
    : worker(ctx), passphrases_(std::move(passphrases)), user_id_(std::move(user_id)) {}

key_manager_worker::~key_manager_worker() = default;

task<> key_manager_worker::start() {
  auto stored = co_await try_ask(db::get{.key = own_keys});
  if (!stored && stored.error().code() != errc::not_found) throw std::move(stored).error();
  if (!stored) {
    keyring_ = std::make_unique<rnp_keyring>(co_await make_keys());
    co_return;
  }
  keyring_ = co_await offload([&] {
    auto protection = passphrases_->find();
    if (!protection) throw passphrases_->missing();
    return std::make_unique<rnp_keyring>(rnp_keyring::load(stored->value, *protection));
  });
}

task<rnp_keyring> key_manager_worker::make_keys() {
  auto made = co_await offload([&] {
    auto protection = passphrases_->find();
    if (!protection) protection = passphrases_->generate();
    return rnp_keyring::generate(user_id_, *protection);
  });
  // Only when there are none: two starts at once must not each believe in keys of their own.
  co_await ask(db::put{.key = own_keys, .value = made.protected_secret(), .if_revision = 0});
  co_return made;
}

void key_manager_worker::released() {
  keyring_.reset();
}

result<signature> key_manager_worker::on(const sign& request) {
  return keyring_->sign(request.message);
}

result<verified> key_manager_worker::on(const verify& request) {
  return keyring_->verify(request.message, request.signature, request.signer);
}

certificate key_manager_worker::on(const public_key&) {
  return keyring_->public_key();
}

} // namespace pillar::key_manager

#include "tests/runtime/lab.hpp"

template struct pillar::wire<lab::service>;
template struct pillar::wire<front::service>;

namespace pillar::testing {

namespace {
task<> nothing() {
  co_return;
}
task<std::string> same(std::string text) {
  co_return text;
}
source<std::uint64_t> numbers(std::uint64_t to) {
  for (std::uint64_t i = 1; i <= to; ++i) co_yield i;
}
} // namespace

lab_worker::lab_worker(const context& ctx, shared_conduct conduct) : worker(ctx), conduct_(std::move(conduct)) {
  if (conduct_->construct) conduct_->construct(*this);
}

void lab_worker::saw(std::string what) {
  conduct_->seen.push_back(std::string(own_name().view()) + " " + std::move(what));
  conduct_->head = asker();
}

task<std::string> lab_worker::on(lab::echo request) {
  saw("echo " + request.text);
  return conduct_->echo ? conduct_->echo(*this, std::move(request.text)) : same(std::move(request.text));
}

task<std::string> lab_worker::on(lab::repeat request) {
  saw("repeat " + request.text);
  return conduct_->repeat ? conduct_->repeat(*this, std::move(request.text)) : same(std::move(request.text));
}

void lab_worker::on(const lab::note& request) {
  saw("note " + request.text);
  if (conduct_->note) conduct_->note(request.text);
}

source<std::uint64_t> lab_worker::on(lab::count request) {
  saw("count");
  return conduct_->count ? conduct_->count(*this, request.to) : numbers(request.to);
}

task<> lab_worker::start() {
  return conduct_->start ? conduct_->start(*this) : nothing();
}

task<> lab_worker::stop() {
  return conduct_->stop ? conduct_->stop(*this) : nothing();
}

front_worker::front_worker(const context& ctx, shared_conduct conduct) : worker(ctx), conduct_(std::move(conduct)) {
  if (conduct_->construct) conduct_->construct(*this);
}

task<std::string> front_worker::on(front::relay request) {
  conduct_->seen.push_back(std::string(own_name().view()) + " relay " + request.text);
  conduct_->head = asker();
  if (conduct_->relay) co_return co_await conduct_->relay(*this, std::move(request.text));
  co_return co_await ask(lab::echo{std::move(request.text)});
}

task<> front_worker::start() {
  return conduct_->start ? conduct_->start(*this) : nothing();
}

task<> front_worker::stop() {
  return conduct_->stop ? conduct_->stop(*this) : nothing();
}

} // namespace pillar::testing

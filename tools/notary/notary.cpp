#include "tools/notary/notary.hpp"

#include <algorithm>
#include <span>

namespace demo {

using namespace pillar;
using namespace std::chrono_literals;

namespace {

constexpr duration between_reports = 100ms;

// Below it two writes may leave the same time on a file: the kernel's clock for files ticks every 1 to 10 ms.
constexpr auto settling_time = 50ms;

// A sweep takes at most this share of the time: 1/10.
constexpr int pause_per_look = 9;

/// How long adding a file may take: the disk's time for its size, if it is a very slow one.
duration limit_for(std::uint64_t size) {
  constexpr std::uint64_t slowest = 1 << 20; // bytes a second
  return 60s + std::chrono::seconds(size / slowest);
}

bytes bytes_of(std::string_view text) {
  auto data = std::as_bytes(std::span(text));
  return {data.begin(), data.end()};
}

} // namespace

notary::notary(const context& ctx, notary_options options) : plugin(ctx), options_(std::move(options)) {}

task<> notary::run() {
  co_await recall();
  while (true) {
    auto began = now();
    co_await sweep();
    co_await sleep_for(std::max(options_.every, pause_per_look * (now() - began)));
  }
}

task<> notary::stop() {
  stopping_.request_stop(); // a look at a large tree would hold a thread of the pool
  co_return;
}

/// What the ledger has, so that nothing is recorded twice.
task<> notary::recall() {
  auto recorded = co_await ask(ledger::entries{.latest_only = true});
  while (auto e = co_await recorded.next()) known_[e->name] = {e->version, std::move(e->content), e->stamp, e->settled};
}

task<> notary::sweep() {
  former_troubles_ = std::exchange(troubles_, {});
  try {
    plan(
        co_await offload([&] { return scan_directory(options_.directory, options_.own_data, stopping_.get_token()); }));
  } catch (const failure& f) { // the directory may come back
    plan({});
    note_trouble(".", f.message());
  }
  co_await say_progress(true);
  std::vector<task<>> side_by_side;
  for (auto n = std::min(options_.at_once, to_do_.size()); n > 0; --n) side_by_side.push_back(work_off());
  co_await all_of(std::move(side_by_side));
  ++progress_.sweeps;
  co_await say_progress(true);
}

void notary::plan(const directory_scan& seen) {
  to_do_.clear();
  next_to_do_ = 0;
  progress_ = {.sweeps = progress_.sweeps,
               .files = seen.files.size(),
               .recorded = progress_.recorded,
               .left_out = seen.left_out};
  for (auto& t : seen.troubles) note_trouble(t.name, t.problem);
  for (auto& file : seen.files) {
    progress_.bytes += file.stamp.size;
    auto known = known_.find(file.name);
    if (known != known_.end() && known->second.settled && known->second.stamp == file.stamp) continue;
    progress_.to_do_bytes += file.stamp.size;
    to_do_.push_back(file);
  }
  progress_.to_do = to_do_.size();
}

task<> notary::work_off() {
  while (next_to_do_ < to_do_.size()) co_await look_into(std::move(to_do_[next_to_do_++]));
}

task<> notary::look_into(found_file file) {
  try {
    co_await record(file);
  } catch (const failure& f) {
    note_trouble(file.name, f.message());
  }
  ++progress_.done;
  progress_.done_bytes += file.stamp.size;
  co_await say_progress(false);
}

task<> notary::record(const found_file& file) {
  auto path = options_.directory / file.name;
  bool settled = is_settled(file.stamp);
  auto added = co_await try_ask(ipfs::add_file{.path = path}, limit_for(file.stamp.size));
  auto after = co_await offload([&] { return stamp_of(path); });
  if (!after) co_return; // it went, or something else took its place, while it was read
  if (!added) throw std::move(added).error();
  if (*after != file.stamp)
    throw failure(errc::conflict, "it was written to while it was read: the next sweep will look again");

  auto& known = known_[file.name];                         // it stays where it is, whatever other files come in
  if (known.version > 0 && known.content == added->root) { // written with what it had
    known.stamp = file.stamp;
    known.settled = settled;
    co_return;
  }
  auto signature = co_await ask(key_manager::sign{bytes_of(added->root.text)});
  ledger::entry item{.name = file.name,
                     .version = known.version + 1,
                     .content = std::move(added->root),
                     .stamp = file.stamp,
                     .settled = settled,
                     .signature = std::move(signature),
                     .recorded = std::chrono::floor<std::chrono::seconds>(options_.clock().time_since_epoch())};
  co_await ask(ledger::enter{item});
  ++progress_.recorded;
  known = {item.version, item.content, item.stamp, item.settled};
  if (options_.on_entered) options_.on_entered(item);
}

bool notary::is_settled(const ledger::stamp& s) const {
  return s.changed + settling_time < options_.clock().time_since_epoch();
}

void notary::note_trouble(const std::string& name, const std::string& problem) {
  ++progress_.troubled;
  if (progress_.troubles.size() < ledger::most_troubles) progress_.troubles.push_back({name, problem});
  auto former = former_troubles_.find(name);
  if (former == former_troubles_.end() || former->second != problem)
    node().log.log(log_level::info, own_name().view(), 0, "cannot be recorded now", {{"name", name}, {"why", problem}});
  troubles_[name] = problem;
}

task<> notary::say_progress(bool always) {
  if (!always && now() - reported_ < between_reports) co_return;
  reported_ = now();
  static_cast<void>(co_await try_ask(ledger::report{progress_})); // without an answer the work goes on all the same
}

} // namespace demo

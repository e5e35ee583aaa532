#include "runtime/node.hpp"

#include "runtime/data_directory.hpp"
#include "runtime/mailroom.hpp"
#include "runtime/scheduler.hpp"
#include "runtime/signals.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <random>
#include <set>
#include <shared_mutex>
#include <thread>

namespace pillar {

namespace {

constexpr duration system_patience = std::chrono::seconds(1); // for CAF's last actors, once all children have ended
constexpr int exit_unclean = 3;

std::uint64_t random_seed() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

supervision_limits limits_from(const configuration& c) {
  return {.backoff_min = c.duration("supervision.backoff-min"),
          .backoff_max = c.duration("supervision.backoff-max"),
          .jitter_percent = static_cast<unsigned>(c.integer("supervision.jitter")),
          .restarts = static_cast<unsigned>(c.integer("supervision.restarts")),
          .period = c.duration("supervision.period"),
          .stop_limit = c.duration("node.stop-timeout")};
}

/// Whether a grant, "ipfs.service" or "ipfs.reader", covers a need.
bool covers_need(const std::string& grant, const need& n) {
  return grant == n.granted_as || grant == std::string(n.whole) || grant == std::string(n.whole) + ".service";
}

} // namespace

struct node::parts {
  host common;
  environment outside;
  std::unique_ptr<data_directory> directory;
  std::vector<child_plan> plans; // until the start
  std::set<actor_name> names;
  std::mutex data_mutex;    // `directory`
  mutable std::mutex mutex; // start and stop against each other
  bool started = false;
  bool stopped = false;
  std::atomic<bool> serves = false; // started and not stopped
  bool abandoned = false;           // something did not end and may use all of this until the process ends
  std::shared_mutex visits;         // shared: a thread from outside uses the system; alone: it is taken down

  std::unique_ptr<caf::actor_system_config> caf_settings;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<pillar::mailroom> mailroom;
  caf::strong_actor_ptr supervisor;

  /// Runs something in the supervisor, which calls back with its outcome, and waits for that.
  template <class T> std::optional<T> in_supervisor(duration limit, auto work) {
    auto outcome = std::make_shared<std::optional<T>>();
    auto* room = mailroom.get();
    actor::send_errand(supervisor, [=](actor& self) {
      work(static_cast<pillar::supervisor&>(self),
           std::function<void(T)>([=](T value) { room->change([&] { outcome->emplace(std::move(value)); }); }));
    });
    room->wait(limit, [&] { return outcome->has_value(); });
    std::optional<T> copy;
    room->change([&] { copy = *outcome; });
    return copy;
  }
};

node::node(configuration settings, environment outside) : parts_(std::make_unique<parts>()) {
  parts_->common.settings = std::move(settings);
  parts_->outside = std::move(outside);
  if (parts_->outside.log) parts_->common.log = *parts_->outside.log;
}

/// Keeps the actor system up while a thread from outside uses it; false when the node is not started.
class node::visit {
public:
  explicit visit(parts& of) {
    if (!of.serves) return; // does not hold up a stop
    lock_ = std::shared_lock(of.visits);
    if (!of.serves) lock_.unlock();
  }
  explicit operator bool() const { return lock_.owns_lock(); }

private:
  std::shared_lock<std::shared_mutex> lock_;
};

node::~node() {
  stop();
  if (parts_->abandoned) static_cast<void>(parts_.release());
}

host& node::host_() {
  return parts_->common;
}

configuration& node::settings() {
  return parts_->common.settings;
}

bool node::may_detach() const {
  return !parts_->outside.no_detached_actors;
}

const logger& node::log() const {
  return parts_->common.log;
}

registry& node::services() {
  return parts_->common.services;
}

caf::actor_system& node::system() {
  if (!parts_->system) throw failure(errc::unavailable, "the node is not started");
  return *parts_->system;
}

bool node::started() const {
  return parts_->serves;
}

const std::filesystem::path& node::data() {
  std::lock_guard lock{parts_->data_mutex};
  if (!parts_->directory)
    parts_->directory = std::make_unique<data_directory>(settings().path("node.data"), settings().text("node.name"));
  return parts_->directory->path();
}

void node::learn(std::string_view interface, std::span<const request_info> table) {
  if (started() && !services().interfaces().contains(std::string(interface)))
    node::log().log(log_level::warning, "node", 0,
                    "an interface that became known after the start works inside this node only",
                    {{"interface", std::string(interface)}});
  services().learn(interface, table);
}

void node::check_names(const child_plan& plan) const {
  auto& settings = parts_->common.settings;
  auto option = "plugins." + std::string(plan.name.view()) + ".grants";
  if (!plan.interface.empty() || !settings.has(option)) return;
  auto grants = settings.list(option);
  for (auto& n : plan.needs)
    if (std::ranges::none_of(grants, [&](auto& g) { return covers_need(g, n); }))
      throw failure(errc::not_granted, "plugin " + std::string(plan.name.view()) + " needs " + n.granted_as + ", which "
                                           + option + " (" + settings.source(option) + ") does not grant: add \""
                                           + n.granted_as + "\" to it");
}

void node::add_child(child_plan plan) {
  std::lock_guard lock{parts_->mutex};
  if (parts_->stopped) throw failure(errc::unavailable, "the node has stopped");
  if (parts_->started) check_names(plan);
  if (!parts_->names.insert(plan.name).second)
    throw failure(errc::already_exists, "a worker or plugin named " + std::string(plan.name.view())
                                            + " exists on this node: give this one another name");
  if (!plan.interface.empty()) services().route_of(plan.interface)->announce(availability::starting);
  if (!parts_->started) return parts_->plans.push_back(std::move(plan));
  actor::send_errand(parts_->supervisor, [plan = std::move(plan)](actor& self) mutable {
    static_cast<supervisor&>(self).add(std::move(plan));
  });
}

void node::start() {
  auto& p = *parts_;
  auto& c = p.common.settings;
  {
    std::lock_guard lock{p.mutex};
    if (p.stopped) throw failure(errc::unavailable, "the node has stopped: make another one");
    if (p.started) return;
    c.check_all_known();
    for (auto& plan : p.plans) check_names(plan);
    if (!p.outside.log) p.common.log = logger::from(c);
    p.common.longest_ask = c.duration("node.ask-timeout");
    p.common.inbox_limit = static_cast<std::size_t>(c.integer("node.inbox-limit"));
    auto seed = p.outside.seed != 0 ? p.outside.seed : random_seed();
    p.common.trace_salt = seed;

    p.caf_settings = std::make_unique<caf::actor_system_config>();
    auto& caf_settings = *p.caf_settings;
    if (auto threads = c.integer("node.threads"); threads > 0)
      caf_settings.set("scheduler.max-threads", static_cast<std::size_t>(threads));
    caf_settings.set("scheduler.max-throughput", std::size_t{300}); // an actor that always has mail yields its thread
    add_common_types(caf_settings);
    for (auto& [name, table] : services().interfaces())
      for (auto& info : table) info.add_to(caf_settings);
    if (p.outside.tune) p.outside.tune(caf_settings);
    scheduler::use_in(caf_settings);
    p.system = std::make_unique<caf::actor_system>(caf_settings);
    p.common.real_time = dynamic_cast<caf::detail::thread_safe_actor_clock*>(&p.system->clock()) != nullptr;
    p.common.pool = p.outside.pool
                        ? p.outside.pool(*p.system)
                        : std::make_shared<thread_pool>(static_cast<std::size_t>(c.integer("node.offload-threads")),
                                                        static_cast<std::size_t>(c.integer("node.offload-queue")));
    p.mailroom = std::make_unique<pillar::mailroom>(*p.system, p.outside.drive);
    caf::actor_config config;
    p.supervisor =
        caf::actor_cast<caf::strong_actor_ptr>(p.system->spawn_class<hosted<supervisor>, caf::no_spawn_options>(
            config, std::ref(p.common), actor_name{"supervisor"}, std::shared_ptr<route>{}, limits_from(c), seed));
    // This thread would hold CAF's logger otherwise, and a stop from another one wait for that for ever.
    caf::logger::set_current_actor_system(nullptr);
    p.started = p.serves = true;
  }
  auto limit = c.duration("node.start-timeout");
  auto outcome = p.in_supervisor<result<void>>(limit + system_patience, [&p, limit](auto& s, auto done) {
    for (auto& plan : std::exchange(p.plans, {})) s.add(std::move(plan));
    s.when_started(limit, done);
  });
  auto failed = !outcome    ? std::optional(failure(errc::expired, "the node did not start within node.start-timeout"))
                : !*outcome ? std::optional(outcome->error())
                            : std::nullopt;
  if (!failed) return node::log().log(log_level::info, "node", 0, "started");
  stop();
  throw std::move(*failed);
}

stop_report node::stop() {
  auto& p = *parts_;
  {
    std::lock_guard lock{p.mutex};
    p.serves = false;
    if (std::exchange(p.stopped, true)) return {};
    if (!p.started) return {};
  }
  auto& c = p.common.settings;
  auto limit = c.duration("node.stop-timeout");
  stop_report report;
  auto phases = static_cast<std::int64_t>(p.names.size()) + 1; // at most
  auto stragglers = p.in_supervisor<std::vector<straggler>>(phases * (limit + system_patience),
                                                            [](auto& s, auto done) { s.stop_all(done); });
  if (stragglers) report.stragglers = std::move(*stragglers);
  else // every scheduler thread is held by a handler, so that not even the supervisor runs
    for (auto& alive : p.common.actors.living())
      if (auto* a = actor::behind(alive); a && !a->glance().doing.empty())
        report.stragglers.push_back({a->own_name(), to_string(a->glance()), false});
  for (auto& s : report.stragglers) {
    report.clean &= s.ended;
    log().log(log_level::error, s.name.view(), 0, s.ended ? "was killed: it did not stop in time" : "does not stop",
              {{"doing", s.doing}});
  }
  report.clean &= stragglers.has_value();

  actor::send_errand(p.supervisor, [](actor& self) { self.end(caf::exit_reason::user_shutdown); });
  p.mailroom->wait(duration{0}, [] { return false; }); // lets a driven scheduler run
  p.mailroom->close();
  auto* system = p.system.get();
  bool idle = report.clean && p.common.pool.use_count() == 1 && p.common.pool->drain(system_patience);
  std::unique_lock last_visit(p.visits); // the closed mailroom sends visitors home
  p.supervisor = nullptr;
  for (auto until = std::chrono::steady_clock::now() + system_patience;
       idle && system->registry().running() > 0 && std::chrono::steady_clock::now() < until && !p.outside.drive;)
    std::this_thread::sleep_for(std::chrono::microseconds(200)); // CAF has no wait with a limit
  idle = idle && system->registry().running() == 0;
  if (idle) {
    p.system.reset();
    p.caf_settings.reset();
    p.common.pool.reset();
    p.directory.reset();
    log().log(log_level::info, "node", 0, "stopped");
  } else {
    report.clean = false;
    log().log(log_level::error, "node", 0, "something still runs: its threads are left alone");
    p.abandoned = true;
  }
  return report;
}

int node::run() {
  if (settings().help_requested()) {
    auto text = settings().help_text();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
  }
  signal_wait signals; // before anything can fail slowly, so that a signal during the start counts
  start();
  signals.wait();
  return stop().clean ? 0 : exit_unclean;
}

std::vector<child_status> node::status() {
  visit inside{*parts_};
  if (!inside) return {};
  auto all =
      parts_->in_supervisor<std::vector<child_status>>(system_patience, [](auto& s, auto done) { done(s.status()); });
  return all.value_or(std::vector<child_status>{});
}

void node::stop_child(std::string_view name) {
  visit inside{*parts_};
  if (!inside) throw failure(errc::unavailable, "the node is not started");
  auto limit = settings().duration("node.stop-timeout") + system_patience;
  auto outcome = parts_->in_supervisor<result<void>>(
      limit, [who = actor_name{name}](auto& s, auto done) { s.stop_child(who, done); });
  if (!outcome) throw failure(errc::expired, std::string(name) + " did not stop in time");
  outcome->value();
}

std::vector<actor_report> node::reports(duration patience) {
  visit inside{*parts_};
  if (!inside) return {};
  auto answers = std::make_shared<std::map<actor_name, actor_report>>();
  auto living = parts_->common.actors.living();
  auto* room = parts_->mailroom.get();
  for (auto& alive : living)
    actor::send_errand(alive, [room, answers](actor& a) {
      auto r = a.report();
      room->change([&] { (*answers)[r.name] = r; });
    });
  room->wait(patience, [&] { return answers->size() == living.size(); });
  std::vector<actor_report> all;
  room->change([&] {
    for (auto& alive : living) {
      auto* a = actor::behind(alive);
      auto answered = answers->find(a->own_name());
      all.push_back(answered == answers->end() ? a->glance() : answered->second);
    }
  });
  return all;
}

provider node::await_worker(const registry::destination& of, std::string_view request, const ask_options& options) {
  if (!of.to && of.info) throw failure(errc::unavailable, "the handle is empty: it leads to no worker");
  if (!of.to)
    throw failure(errc::unknown_request, "no interface that this node knows has the request " + dotted(request));
  visit inside{*parts_};
  if (!inside) throw failure(errc::unavailable, "the node is not started");
  binding to{of.to};
  if (auto* now = to.next()) return *now;
  auto* room = parts_->mailroom.get();
  auto watch = of.to->watch([room](const route&) { room->change([] {}); });
  room->wait(options.limit.value_or(parts_->common.longest_ask),
             [&] { return of.to->state() != availability::starting; });
  if (auto* now = to.next()) return *now;
  throw of.to->absence();
}

void node::await_service(const std::shared_ptr<route>& to, duration limit) {
  visit inside{*parts_};
  if (!inside) throw failure(errc::unavailable, "the node is not started");
  auto* room = parts_->mailroom.get();
  auto watch = to->watch([room](const route&) { room->change([] {}); });
  room->wait(limit, [&] {
    auto state = to->state();
    return state == availability::available || state == availability::given_up;
  });
  if (to->state() != availability::available) throw to->absence();
}

std::optional<failure> node::exchange(const provider& to, const request_info& info, caf::mailbox_element_ptr letter,
                                      const ask_options& options,
                                      const std::function<bool(caf::type_erased_tuple&)>& open, provider*) {
  visit inside{*parts_};
  if (!inside) return failure(errc::unavailable, "the node is not started");
  auto limit = options.limit.value_or(parts_->common.longest_ask);
  auto& head = envelope_of(*letter);
  head.deadline = parts_->system->clock().now() + limit;
  head.trace = random_seed() | 1;
  head.caller = head.sender = actor_name{options.as};
  auto reply = parts_->mailroom->exchange(to.worker, std::move(letter), limit);
  if (!reply) {
    if (parts_->mailroom->closed()) return failure(errc::unavailable, "the node has stopped");
    auto* worker = actor::behind(to.worker);
    return failure(errc::expired,
                   options.as + " waited "
                       + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(limit).count())
                       + " ms for " + std::string(info.name) + " at " + std::string(to.name.view())
                       + (worker ? "; " + to_string(worker->glance()) : ""));
  }
  auto& content = reply->content();
  if (content.match_elements<caf::error>()) return from_caf_error(content.get_as<caf::error>(0));
  if (!open(content))
    return failure(errc::incompatible, std::string(to.name.view()) + " answered " + std::string(info.name)
                                           + " with something else than its reply");
  return std::nullopt;
}

} // namespace pillar

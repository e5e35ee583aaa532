/// node: what an application embeds. It hosts workers and plugins, starts them in the order of their needs, and stops
/// them in the reverse. Several nodes may live in one process.
///
/// Provide and spawn first, then start: CAF must know the types that cross the wire before its actor system exists.
#pragma once

#include "runtime/environment.hpp"
#include "runtime/hosted.hpp"
#include "runtime/plugin.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/worker.hpp"

#include <memory>

namespace pillar {

struct service_options {
  std::string name = {};   ///< of its workers; by default the interface's, "db"; several are "db#1", "db#2"
  std::size_t workers = 1; ///< behind the one service; asks take them in turn
  bool detached = false;   ///< each worker on a thread of its own, for classes that block instead of offloading
  restart_policy policy = restart_policy::permanent;
};

struct plugin_options {
  restart_policy policy = restart_policy::transient;
};

/// How a blocking ask is made.
struct ask_options {
  std::optional<duration> limit = std::nullopt; ///< by default node.ask-timeout
  std::string as = "application";               ///< the sender's name: the DB's namespace
};

/// What stopping came to.
struct stop_report {
  std::vector<straggler> stragglers; ///< what did not stop in its time, and what it was doing
  bool clean = true;                 ///< false: something still runs; its threads and memory are left alone for good
};

template <class T> class blocking_stream;

/// Thread-safe after start(). Errors are thrown as failure.
class node {
public:
  explicit node(configuration settings = configuration{}, environment outside = {});
  node(const node&) = delete;
  node& operator=(const node&) = delete;
  ~node(); ///< stops

  // --- before start ---

  configuration& settings();
  /// The node's own directory (node.data), created and locked at the first call and held until the node has stopped:
  /// best called when a worker starts. Errors: in_use, naming the holder; read_only, storage_full, io_error.
  const std::filesystem::path& data();
  const logger& log() const;

  /// Provides the interface of the worker class W: `W(context, args...)`. The arguments are copied for each (re)start.
  template <class W, class... Args> void provide(service_options options, Args... args);
  /// Lets peers and askers know an interface that this node itself does not provide.
  template <class Interface> void learn() { learn(Interface::name, wire<whole_of<Interface>>::table); }

  // --- before or after start ---

  /// Adds the plugin class P: `P(context, args...)`. It begins when the node has started and its needs are available.
  /// Errors: not_granted, naming the missing grant; already_exists (the name).
  template <class P, class... Args> void spawn(std::string_view name, Args... args) {
    spawn_with<P>(plugin_options{}, name, std::move(args)...);
  }
  template <class P, class... Args> void spawn_with(plugin_options options, std::string_view name, Args... args);

  /// Starts everything and returns when every worker serves and every plugin has begun. On failure what had started is
  /// stopped again, and the failure names the worker and the reason.
  void start();
  /// Starts, blocks until SIGINT or SIGTERM, stops, and returns the process's exit code: 0, or 3 when something did not
  /// stop. A second signal ends the process at once. After `--help` it prints the options instead. Errors of start()
  /// are thrown.
  int run();
  /// Drains and stops everything: plugins first, then workers in the reverse order of needs. Again: does nothing.
  stop_report stop();
  bool started() const;

  // --- after start, from any thread ---

  /// Asks the worker that answers such a request, and blocks until the reply. Not from inside an actor.
  template <class Request> typename Request::reply ask(Request request, const ask_options& options = {}) {
    return try_ask(std::move(request), options).value();
  }
  template <class Request>
    requires is_stream<typename Request::reply>
  auto ask(Request request, const ask_options& options = {});
  template <class Request> result<typename Request::reply> try_ask(Request request, const ask_options& options = {});
  /// The same through a handle.
  template <class Interface, class Request>
  typename Request::reply ask(const handle<Interface>& to, Request request, const ask_options& options = {}) {
    static_assert(accepts<Interface, Request>, "the handle's interface does not have this request");
    return ask_at({to.target(), &info<Interface, Request>()}, std::move(request), options).value();
  }
  /// Blocks until some worker serves the interface, at most until the limit. Errors: unavailable, with the reason.
  template <class Interface> void wait_for(duration limit) {
    await_service(services().route_of(whole_of<Interface>::name), limit);
  }

  template <class Interface> handle<Interface> find() { return services().find<Interface>(); }
  registry& services();
  std::vector<child_status> status();
  /// Stops one worker or plugin for good. Errors: not_found, expired.
  void stop_child(std::string_view name);
  /// What every actor does now. One that does not answer within `patience` is described from outside.
  std::vector<actor_report> reports(duration patience = std::chrono::milliseconds(100));

  /// For CAF's own functions; only while started.
  caf::actor_system& system();

  /// One request and its reply, without types; for gateways. `open` moves the reply out and says whether it was one.
  std::optional<failure> exchange(const provider& to, const request_info& info, caf::mailbox_element_ptr letter,
                                  const ask_options& options, const std::function<bool(caf::type_erased_tuple&)>& open,
                                  provider* answered_by = nullptr);

private:
  struct parts;
  class visit;
  void learn(std::string_view interface, std::span<const request_info> table);
  void add_child(child_plan plan);
  template <class Request>
  result<typename Request::reply> ask_at(const registry::destination& to, Request request, const ask_options& options);
  provider await_worker(const registry::destination& of, std::string_view request, const ask_options& options);
  void await_service(const std::shared_ptr<route>& to, duration limit);
  void check_names(const child_plan& plan) const;
  bool may_detach() const; ///< whether an actor may have a thread of its own

  std::unique_ptr<parts> parts_;
  host& host_();
};

/// The reply of a blocking ask for a stream.
template <class T> class blocking_stream {
public:
  blocking_stream(node& from, stream<T> inner, ask_options options)
      : node_(&from), inner_(std::move(inner)), options_(std::move(options)) {}
  /// The next item, or nothing at the end. Throws the failure that ended the stream.
  std::optional<T> next();

private:
  node* node_;
  stream<T> inner_;
  ask_options options_;
  std::deque<T> items_;
  bool over_ = false;
};

// --- implementation of the templates ---

template <class W, class... Args> void node::provide(service_options options, Args... args) {
  using Interface = typename W::interface_type;
  learn<Interface>();
  std::string base = options.name.empty() ? std::string(Interface::name) : options.name;
  for (std::size_t i = 1; i <= options.workers; ++i) {
    auto name = options.workers == 1 ? base : base + "#" + std::to_string(i);
    add_child({.name = actor_name{name},
               .interface = std::string(Interface::name),
               .needs = W::needs_list::list(),
               .policy = options.policy,
               .construct = [this, detached = options.detached, args...](const actor_name& who, const auto& serves) {
                 return spawn_hosted<W>(system(), host_(), who, serves, detached && may_detach(), args...);
               }});
  }
}

template <class P, class... Args> void node::spawn_with(plugin_options options, std::string_view name, Args... args) {
  add_child({.name = actor_name{name},
             .interface = {},
             .needs = P::needs_list::list(),
             .policy = options.policy,
             .construct = [this, args...](const actor_name& who, const auto& serves) {
               return spawn_hosted<P>(system(), host_(), who, serves, false, args...);
             }});
}

template <class Request> result<typename Request::reply> node::try_ask(Request request, const ask_options& options) {
  return ask_at(services().answering(typeid(Request)), std::move(request), options);
}

template <class Request>
result<typename Request::reply> node::ask_at(const registry::destination& destination, Request request,
                                             const ask_options& options) {
  using R = typename Request::reply;
  try {
    auto to = await_worker(destination, cpp_name<Request>, options);
    opened_reply<wire_reply<R>> slot;
    auto& info = *destination.info;
    auto failed = exchange(to, info, info.pack(&request), options,
                           [&](caf::type_erased_tuple& content) { return info.open(content, &slot); });
    if (failed) return std::move(*failed);
    if constexpr (std::is_void_v<R>) return {};
    else if constexpr (is_stream<R>) return R{to, slot->id};
    else return std::move(*slot);
  } catch (const failure& f) {
    return f;
  }
}

template <class Request>
  requires is_stream<typename Request::reply>
auto node::ask(Request request, const ask_options& options) {
  using Stream = typename Request::reply;
  return blocking_stream<typename Stream::item_type>{*this, try_ask(std::move(request), options).value(), options};
}

template <class T> std::optional<T> blocking_stream<T>::next() {
  if (items_.empty() && !over_) {
    std::optional<std::vector<T>> batch;
    std::optional<failure> failed;
    bool idle = true;
    while (std::exchange(idle, false)) {
      stream_pull pull{inner_.id(), stream<T>::credit};
      failed = node_->exchange(inner_.from(), stream_pull_info(), stream_pull_info().pack(&pull), options_,
                               [&](caf::type_erased_tuple& content) {
                                 idle = content.match_elements<stream_idle>();
                                 if (!idle && !content.match_elements<std::vector<T>>()) return false;
                                 if (!idle) batch.emplace(content.move_if_unshared<std::vector<T>>(0));
                                 return true;
                               });
    }
    over_ = failed || batch->empty();
    if (failed) throw std::move(*failed);
    items_.assign(std::make_move_iterator(batch->begin()), std::make_move_iterator(batch->end()));
  }
  if (items_.empty()) return std::nullopt;
  std::optional<T> item{std::move(items_.front())};
  items_.pop_front();
  return item;
}

} // namespace pillar

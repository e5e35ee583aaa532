/// Workers whose conduct a test decides: "lab" answers, "front" answers by asking the lab, and asks and streams of
/// every kind are among their requests.
#pragma once

#include "tests/support/deterministic_node.hpp"

#include <boost/describe/class.hpp>

namespace lab {

struct echo {
  using reply = std::string;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(echo, (), (text))

/// The same, but it may be sent again.
struct repeat {
  using reply = std::string;
  static constexpr bool idempotent = true;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(repeat, (), (text))

struct note {
  using reply = void;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(note, (), (text))

struct count {
  using reply = pillar::stream<std::uint64_t>;
  std::uint64_t to = 0;
};
BOOST_DESCRIBE_STRUCT(count, (), (to))

struct service : pillar::interface<"lab", echo, repeat, note, count> {};
struct echoes : pillar::narrow<service, echo> {};

} // namespace lab
extern template struct pillar::wire<lab::service>;

namespace front {

struct relay {
  using reply = std::string;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(relay, (), (text))

struct service : pillar::interface<"front", relay> {};

} // namespace front
extern template struct pillar::wire<front::service>;

namespace pillar::testing {

class lab_worker;
class front_worker;

/// What the workers of a test do. Shared by all their incarnations; a coroutine in it must not be replaced while it
/// runs, since it is a lambda whose captures it uses.
struct lab_conduct {
  std::function<task<std::string>(lab_worker&, std::string)> echo;        ///< by default the text itself
  std::function<task<std::string>(lab_worker&, std::string)> repeat;      ///< by default the text itself
  std::function<source<std::uint64_t>(lab_worker&, std::uint64_t)> count; ///< by default 1, 2, ... to
  std::function<task<std::string>(front_worker&, std::string)> relay;     ///< by default the lab's echo
  std::function<void(std::string)> note;                                  ///< by default nothing
  std::function<void(const actor&)> construct;                            ///< in the constructor
  std::function<task<>(actor&)> start, stop;
  std::vector<std::string> seen; ///< "lab#1 echo hello": what reached a handler, in order
  std::optional<envelope> head;  ///< of the last request that reached a handler
};
using shared_conduct = std::shared_ptr<lab_conduct>;
inline shared_conduct make_conduct() {
  return std::make_shared<lab_conduct>();
}

class lab_worker : public worker<lab_worker, lab::service> {
public:
  lab_worker(const context& ctx, shared_conduct conduct);
  task<std::string> on(lab::echo request);
  task<std::string> on(lab::repeat request);
  void on(const lab::note& request);
  source<std::uint64_t> on(lab::count request);

  using actor::begin_task;

private:
  void saw(std::string what);
  task<> start() override;
  task<> stop() override;
  shared_conduct conduct_;
};

class front_worker : public worker<front_worker, front::service, needs<lab::service>> {
public:
  front_worker(const context& ctx, shared_conduct conduct);
  task<std::string> on(front::relay request);

  using asks::ask;
  using asks::try_ask;

private:
  task<> start() override;
  task<> stop() override;
  shared_conduct conduct_;
};

} // namespace pillar::testing

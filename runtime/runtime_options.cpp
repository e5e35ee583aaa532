#include "runtime/option_table.hpp"

namespace pillar {

using namespace std::chrono_literals;

option_table runtime_options() {
  // Waiting longer than a day for an answer, a start or a stop means waiting for ever, which nothing here does.
  const duration_range waits{.minimum = 1ms, .maximum = 24h};
  return {
      option::text("node.name", "pillar", "The name of this node in logs and in its cluster."),
      option::path("node.data", "$XDG_DATA_HOME/pillar",
                   "The directory that holds everything this node keeps; XDG_DATA_HOME stands for ~/.local/share where "
                   "it is not set.")
          .also_called("data"),
      option::integer("node.threads", 0, {0, 1024}, "threads",
                      "Threads that run actors; 0 means one for each core of the machine."),
      option::integer("node.offload-threads", 16, {1, 1024}, "threads", "Threads of the pool that runs blocking work."),
      option::integer("node.offload-queue", 1024, {1, 1'000'000}, "jobs",
                      "Jobs that may wait for a thread of that pool; one more is answered overloaded."),
      option::duration("node.ask-timeout", 30s, "How long a request may take when the one who asks says nothing else.",
                       waits),
      option::duration("node.start-timeout", 30s,
                       "How long the start may take, until every service answers and every plugin has what it needs.",
                       waits),
      option::duration("node.stop-timeout", 5s, "How long each phase of the stop may take.", waits),
      option::integer("node.inbox-limit", 10'000, {1, 10'000'000}, "requests",
                      "Requests that may wait for a worker; one more is answered overloaded."),
      option::duration("supervision.backoff-min", 100ms,
                       "The pause before the first restart of a worker or plugin; it doubles with each further one.",
                       {.minimum = 1ms, .maximum = 1h}),
      option::duration("supervision.backoff-max", 10s, "The longest pause before a restart.",
                       {.minimum = 1ms, .maximum = 24h}),
      option::integer("supervision.jitter", 20, {0, 100}, "percent",
                      "How much of each pause is random, so that many do not restart at once."),
      option::integer("supervision.restarts", 5, {0, 1'000'000}, "restarts",
                      "Restarts within supervision.period after which a worker or plugin is given up."),
      option::duration("supervision.period", 60s, "The time over which restarts count.",
                       {.minimum = 1ms, .maximum = 24h}),
      option::choice("log.level", "warning", {"trace", "debug", "info", "warning", "error", "off"},
                     "The least severe records that are written."),
      option::path("log.file", "", "The file that log records are appended to; standard error when there is none."),
      option::choice("log.format", "text", {"text", "json"},
                     "Records as lines for people, or as one JSON object a line for programs."),
      option::list(
          "plugins.*.grants", {},
          "The interfaces that the plugin of this name may use, such as ipfs.reader or db.documents; one without this "
          "option may use all that it needs."),
      option::free("plugins.*.*", "The settings of the plugin of this name: its documentation lists them."),
  };
}

} // namespace pillar

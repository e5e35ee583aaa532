#include "tools/pillar/start_command.hpp"

#include "actors/standard.hpp"
#include "runtime/signals.hpp"
#include "tools/pillar/arguments.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <unistd.h>

namespace pillar::cli {

namespace {

std::string options_help() {
  configuration all;
  all.declare(standard_options());
  return "Example:\n  pillar start --data ./node-1 --log.level=info\n\n"
         "The node serves IPFS, DB and KeyManager. SIGTERM stops it, too; a second signal ends it at once.\n\n"
         + all.help_text();
}

/// Says, for whoever waits for it, that the node serves.
void tell_started(session& in, node& started) {
  std::vector<std::string> names;
  for (auto& service : started.services().services()) names.push_back(service.interface);
  const auto name = started.settings().text("node.name");
  const auto data = started.data().string();
  if (in.json()) {
    in.out().json(boost::json::object{{"event", "started"},
                                      {"node", name},
                                      {"process", ::getpid()},
                                      {"data", data},
                                      {"services", boost::json::array(names.begin(), names.end())}});
  } else {
    std::string list;
    for (auto& service : names) list += (list.empty() ? "" : ", ") + service;
    in.out().line("node " + name + " serves " + list + " from " + data + "; Ctrl-C stops it");
  }
  in.out().flush();
}

} // namespace

action start(CLI::App& line) {
  line.description("Runs a node in the foreground, until Ctrl-C");
  line.allow_extras(); // the options of the configuration
  line.footer(options_help);
  return [&line](session& in) {
    auto options = line.remaining();
    std::ranges::transform(options, options.begin(), unmarked);
    auto& made = in.make_node(options);
    provide_ipfs(made);
    provide_db(made);
    provide_key_manager(made);
    signal_wait signals; // before the start, so that a signal during it counts
    start_node(made);
    tell_started(in, made);
    signals.wait();
    in.close(); // while a second signal still counts
  };
}

} // namespace pillar::cli

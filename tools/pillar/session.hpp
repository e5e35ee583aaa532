/// What a command works with: the node it embeds, and the form of its output.
#pragma once

#include "runtime/node.hpp"
#include "tools/pillar/output.hpp"

#include "interfaces/json.hpp"

#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pillar::cli {

/// What every command takes.
struct common_options {
  std::string data;             ///< empty: as the configuration says
  std::string config;           ///< empty: the usual file
  std::vector<std::string> set; ///< options of the configuration: "ipfs.backend=kubo"
  bool json = false;
};

/// The command line, the environment or the configuration file is wrong: exit code 2, whatever the failure's own code.
class usage_error : public failure {
public:
  explicit usage_error(const failure& f) : failure(f) {}
  using failure::failure;
};

/// Whether a command may make the data directory when there is none. One that only reads does not: a mistyped --data
/// should be told rather than created.
enum class access { reads, writes };

class session {
public:
  session(const common_options& common, output& out) : common_(common), out_(out) {}

  bool json() const { return common_.json; }
  output& out() { return out_; }

  /// The node, not started, with the settings of file, environment and common options, and with `more` arguments of the
  /// configuration ("--node.threads=2"). It logs as the configuration says. Errors: usage_error.
  node& make_node(const std::vector<std::string>& more);

  /// A started node with these workers. Unless log options are given, what it logs becomes notes. Errors: usage_error,
  /// not_found (reads, and there is no data directory), and those of node::data and node::start.
  node& open(access how, std::initializer_list<void (*)(node&)> workers);

  /// The same with the IPFS worker alone. When that serves from a daemon, no data directory is needed or held.
  node& open_ipfs(access how);

  /// Asks the opened node.
  template <class Request> auto ask(Request request, const ask_options& options = {}) {
    return node_->ask(std::move(request), options);
  }

  /// Stops the node, if there is one. False: something did not stop; its threads run on until the process ends.
  bool close();

  /// Tells the user something although the command was done.
  void note(std::string text);
  /// What the user should know although the command was done, such as what had to be repaired. After close().
  const std::vector<std::string>& notes() const { return notes_; }

private:
  node& prepare();
  environment noting();

  const common_options& common_;
  output& out_;
  std::mutex mutex_;               // `notes_`
  std::vector<std::string> notes_; // before the node, which logs until it is gone
  std::unique_ptr<pillar::node> node_;
};

/// Whether IPFS is served from a Kubo daemon.
bool uses_daemon(const configuration& settings);

/// Starts a node that a session made. Errors: those of node::data and node::start.
void start_node(node& made);

/// The limit of asks that move content of any size: as long as the runtime lets anything wait.
inline constexpr auto content_limit = std::chrono::hours(24);

} // namespace pillar::cli

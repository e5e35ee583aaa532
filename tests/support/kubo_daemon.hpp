/// A real Kubo daemon as a peer: quiet, on loopback, with a repository of its own. Tests that use it belong to the test
/// suite "kubo" (see tests/CMakeLists.txt), so that the program is built before they run.
#pragma once

#include "tests/support/temporary_directory.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace pillar::test {

/// What a repository is made with.
struct kubo_setup {
  std::string profiles = "test"; ///< "test,pebbleds" for another block store
  std::string settings = "";     ///< JSON merged into the configuration: R"({"API": {"Authorizations": {...}}})"
};

/// Makes a repository and starts its daemon, which contacts nobody. The daemon ends with the object, and with the
/// thread that started it, whatever happens to the test. Every failure is thrown as std::runtime_error, with what to do
/// where Kubo's program is not built yet, and with the daemon's last words.
class kubo_daemon {
public:
  explicit kubo_daemon(const kubo_setup& setup = {});
  kubo_daemon(const kubo_daemon&) = delete;
  kubo_daemon& operator=(const kubo_daemon&) = delete;
  ~kubo_daemon();

  /// Starts the daemon again, on another port, and returns when it answers.
  void start();
  void stop();   ///< asks it to end, and waits until it has
  void kill();   ///< ends it at once
  void pause();  ///< it keeps its connections and does nothing any more
  void resume(); ///< after pause

  /// The multiaddress that the running daemon's API has.
  const std::string& api() const { return api_; }

  /// The URL of its gateway.
  std::string gateway() const { return wait_for("gateway"); }

  /// IPFS_PATH: api is a file in it, while the daemon runs.
  std::filesystem::path repository() const { return directory_ / "repository"; }

  struct outcome {
    bool succeeded = false;
    std::string output; ///< both streams
  };
  /// Runs `ipfs` with these arguments on this repository: through the daemon while it runs.
  outcome run(const std::vector<std::string>& arguments) const;

  /// The output of a run that must succeed, without the line's end.
  std::string text(const std::vector<std::string>& arguments) const;

  /// A run that must succeed, with its output into /dev/null.
  void run_silently(const std::vector<std::string>& arguments) const;

  /// Lets this daemon's node speak with another's.
  void connect_to(const kubo_daemon& other);

private:
  std::vector<std::string> command(const std::vector<std::string>& arguments) const;
  std::string wait_for(const std::string& file) const;
  void reap(int limit);
  std::string last_words() const;

  temporary_directory directory_;
  std::string program_;
  std::string api_;
  int process_ = -1;        ///< its id
  int process_handle_ = -1; ///< readable when it has ended
};

} // namespace pillar::test

/// The notary: an automaton that watches a directory. It adds each new or changed file to IPFS, has the CID signed, and
/// enters both in the ledger.
#pragma once

#include "interfaces/ipfs.hpp"
#include "interfaces/key_manager.hpp"
#include "runtime/plugin.hpp"
#include "tools/notary/directory_scan.hpp"
#include "tools/notary/ledger.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace demo {

struct notary_options {
  std::filesystem::path directory;                  ///< absolute
  std::filesystem::path own_data{};                 ///< of the node: left out, should it lie in the directory
  pillar::duration every = std::chrono::seconds(2); ///< the least time between two sweeps
  std::size_t at_once = 32;                         ///< files in work side by side, so that their commits are shared
  /// Called in the notary's thread with each entry that is in the ledger for good. Must not throw or block for long.
  std::function<void(const ledger::entry&)> on_entered{};
  std::function<std::chrono::system_clock::time_point()> clock = [] { return std::chrono::system_clock::now(); };
};

/// Looks at the directory again and again instead of asking the kernel to be told: that works on every file system, has
/// no limit of watches, misses nothing that happened while no notary ran, and costs one lstat a file.
///
/// A file counts as new or changed when its stamp is not the recorded one. One that cannot be read, or that is being
/// written to while it is read, is a trouble that the status names, and is tried again in each sweep.
class notary
    : public pillar::plugin<notary, pillar::needs<pillar::ipfs::service, pillar::key_manager::signer, ledger::writer>> {
public:
  notary(const pillar::context& ctx, notary_options options);

  pillar::task<> run();

private:
  /// What is known of a file's last version.
  struct known_file {
    std::uint32_t version = 0;
    pillar::ipfs::cid content;
    ledger::stamp stamp;
    bool settled = false;
  };

  pillar::task<> stop() override;
  pillar::task<> recall();
  pillar::task<> sweep();
  pillar::task<> work_off();
  pillar::task<> look_into(found_file file);
  pillar::task<> record(const found_file& file);
  pillar::task<> say_progress(bool always);
  void plan(const directory_scan& seen);
  bool is_settled(const ledger::stamp& s) const;
  void note_trouble(const std::string& name, const std::string& problem);

  notary_options options_;
  std::stop_source stopping_;
  std::unordered_map<std::string, known_file> known_;
  std::vector<found_file> to_do_; ///< of this sweep
  std::size_t next_to_do_ = 0;
  ledger::progress progress_;
  std::map<std::string, std::string> troubles_, former_troubles_; ///< by name; of this sweep and the one before
  pillar::instant reported_{};
};

} // namespace demo

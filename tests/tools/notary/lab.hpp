/// A notary on a deterministic node in memory, and the directory that it watches.
#pragma once

#include "actors/standard.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/deterministic_node.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/notary/ledger_worker.hpp"
#include "tools/notary/notary.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::test {

inline void write_file(const std::filesystem::path& file, std::string_view content) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << content;
}

/// All items of a stream that a test asked for.
template <class T> std::vector<T> all_of(blocking_stream<T> items) {
  std::vector<T> all;
  while (auto one = items.next()) all.push_back(std::move(*one));
  return all;
}

class notary_lab {
public:
  /// Does not start the node yet.
  explicit notary_lab(std::uint64_t seed = 0, bool with_ipfs = true) : node(seed) {
    if (with_ipfs) provide_memory_workers(*node.operator->());
    node->provide<demo::ledger_worker>({}, inbox.path());
  }

  /// Starts the node with a notary. `later`: how far the clock by which files settle is ahead; they settle at once.
  void start(std::chrono::seconds later = std::chrono::hours(1), std::string_view name = "notary") {
    node->start();
    spawn(later, name);
  }
  void spawn(std::chrono::seconds later = std::chrono::hours(1), std::string_view name = "notary") {
    auto when = std::chrono::system_clock::now() + later;
    node->spawn<demo::notary>(name, demo::notary_options{.directory = inbox.path(),
                                                         .own_data = inbox / "own data",
                                                         .every = every,
                                                         .on_entered = [this](auto& e) { entered.push_back(e.name); },
                                                         .clock = [when] { return when; }});
    node.run();
  }
  /// The next look at the directory, and what follows from it.
  void sweep() { node.advance(every); }

  void write(const std::string& name, std::string_view content) { write_file(inbox / name, content); }

  std::vector<ledger::entry> entries(bool latest_only = false) {
    return all_of(node->ask(ledger::entries{latest_only}));
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    for (auto& e : entries()) all.push_back(e.name);
    std::ranges::sort(all);
    return all;
  }
  ledger::progress status() { return node->ask(ledger::status{}); }
  /// By name and version: "a.txt 1".
  std::map<std::string, ledger::verdict> verdicts() {
    std::map<std::string, ledger::verdict> all;
    for (auto& v : all_of(node->ask(ledger::verify_all{}))) all[v.item.name + " " + std::to_string(v.item.version)] = v;
    return all;
  }
  std::string content_of(const ipfs::cid& id) {
    std::string content;
    for (auto& piece : all_of(node->ask(ipfs::cat{.path = id.text}))) content += to_text(piece);
    return content;
  }

  static constexpr auto every = std::chrono::seconds(2);

  temporary_directory inbox;
  testing::deterministic_node node;
  std::vector<std::string> entered; ///< names, in the order of their acknowledgements
};

} // namespace pillar::test

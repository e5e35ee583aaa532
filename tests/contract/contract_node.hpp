/// The three workers on a deterministic node, over each set of backends, so that one test checks a promise of their
/// contracts everywhere.
#pragma once

#include "tests/actors/db/faulty_disk.hpp"
#include "tests/actors/ipfs/store/failing_files.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/deterministic_node.hpp"
#include "tests/support/kubo_daemon.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::test {

/// `kubo`: IPFS by a real daemon, the others in memory. Its answers come when they like, so the node is a real one.
enum class backend { memory, disk, kubo };

class contract_node {
public:
  explicit contract_node(backend kind);

  /// What asks come from: the namespace in the DB.
  static constexpr auto asker = "someone";

  template <class Request> auto ask(Request request, std::string as = asker) {
    return node().ask(std::move(request), {.as = std::move(as)});
  }
  template <class Request> auto try_ask(Request request, std::string as = asker) {
    return node().try_ask(std::move(request), {.as = std::move(as)});
  }
  /// "none", or the failure's code.
  template <class Request> std::string error_of(Request request, std::string as = asker) {
    return name_of_error(failure_of(std::move(request), std::move(as)));
  }
  template <class Request> std::optional<failure> failure_of(Request request, std::string as = asker) {
    auto outcome = try_ask(std::move(request), std::move(as));
    return outcome ? std::nullopt : std::optional(std::move(outcome).error());
  }

  /// A path in a directory of the test's own, which no backend uses.
  std::filesystem::path path(const std::filesystem::path& below = {}) const { return directory_ / "files" / below; }
  /// Where a node on a disk keeps its data.
  std::filesystem::path data() const { return directory_ / "data"; }

  /// Stops the node, and starts another one on the same data. On a disk only.
  void restart();
  void stop();

  failing_files files; ///< the disk under IPFS
  faulty_disk disk;    ///< the disk under the DB

  static std::string name_of_error(const std::optional<failure>& f) {
    return f ? std::string(name_of(f->code())) : "none";
  }

private:
  void start();
  void provide(pillar::node& to);
  pillar::node& node() { return real_ ? *real_ : node_->node(); }

  backend kind_;
  temporary_directory directory_;
  std::unique_ptr<kubo_daemon> daemon_;
  std::unique_ptr<testing::deterministic_node> node_;
  std::unique_ptr<pillar::node> real_; ///< instead
};

/// Runs a test over every set of backends, but for Kubo.
void with_every_backend(const std::function<void(contract_node&)>& test);

/// The same with Kubo; such a test belongs to the suite "kubo".
void with_every_ipfs(const std::function<void(contract_node&)>& test);

/// Changes one bit of a file below a directory, in the middle of where these bytes stand.
void spoil(const std::filesystem::path& directory, std::string_view content);

/// Bytes without any order, the same for the same seed.
std::string noise(std::size_t size, std::uint32_t seed = 1);

void write_file(const std::filesystem::path& file, std::string_view content);
std::string read_file(const std::filesystem::path& file);

} // namespace pillar::test

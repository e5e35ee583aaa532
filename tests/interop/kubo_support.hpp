/// What the tests with a real daemon share.
#pragma once

#include "actors/ipfs/embedded_ipfs.hpp"
#include "actors/ipfs/kubo_ipfs.hpp"
#include "tests/support/kubo_daemon.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <semaphore>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::test {

/// An engine's options for a daemon, which looks for blocks in its own store only.
inline ipfs::kubo_options options_for(const kubo_daemon& daemon, ipfs::engine::import_options import = {}) {
  return {.client = {.repository = daemon.repository()}, .import = import, .search = {.offline = true}};
}

inline std::unique_ptr<ipfs::backend> open(const kubo_daemon& daemon) {
  return ipfs::kubo_ipfs::open(options_for(daemon));
}
inline std::unique_ptr<ipfs::backend> open(const ipfs::kubo_options& options) {
  return ipfs::kubo_ipfs::open(options);
}
inline std::unique_ptr<ipfs::backend> in_memory() {
  return ipfs::embedded_ipfs::in_memory();
}

/// The pins that the filter lets through, sorted, without that of the empty directory, which every repository begins
/// with.
inline std::vector<ipfs::pinned> pins_of(ipfs::backend& ipfs, const ipfs::pin_filter& filter = {}) {
  constexpr std::string_view empty_directory = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
  std::vector<ipfs::pinned> out;
  ipfs.pin_ls(filter, [&](const ipfs::pinned& p) {
    if (p.id.text != empty_directory) out.push_back(p);
  });
  std::ranges::sort(out, {}, &ipfs::pinned::id);
  return out;
}

inline std::string archive_of(ipfs::backend& ipfs, std::string_view path) {
  std::string out;
  ipfs.dag_export(path, [&](ipfs::engine::bytes_view piece) { out += ipfs::engine::text_of(piece); });
  return out;
}

/// Waits for what comes to a subscription.
class reading {
public:
  reading(ipfs::backend& ipfs, std::string_view topic)
      : subscription_(ipfs.subscribe(topic, [this] { notified_.release(); })) {}

  ipfs::message next() {
    for (;;) {
      if (auto message = subscription_->try_next()) return std::move(*message);
      notified_.acquire();
    }
  }
  std::optional<ipfs::message> try_next() { return subscription_->try_next(); }

private:
  std::counting_semaphore<> notified_{0};
  std::unique_ptr<ipfs::subscription> subscription_;
};

/// Text as a source of content.
inline auto source_of(std::string_view text) {
  return [rest = text](std::span<std::byte> to) mutable {
    auto size = std::min(to.size(), rest.size());
    std::ranges::copy(ipfs::engine::view_of(rest.substr(0, size)), to.begin());
    rest.remove_prefix(size);
    return size;
  };
}

} // namespace pillar::test

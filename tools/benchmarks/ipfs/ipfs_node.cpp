#include "tools/benchmarks/ipfs/ipfs_node.hpp"

#include "actors/standard.hpp"

#include <atomic>

namespace pillar::bench {

std::vector<std::pair<std::string, std::string>> behind_it(const std::string& api) {
  return {{"ipfs.backend", "kubo"}, {"ipfs.kubo.api", api}};
}

std::unique_ptr<node> start_node(const std::filesystem::path& data,
                                 const std::vector<std::pair<std::string, std::string>>& settings) {
  configuration c;
  c.declare(standard_options());
  c.set("node.name", "bench");
  c.set("node.data", data.string());
  for (auto& [option, value] : settings) c.set(option, value);
  auto made = std::make_unique<node>(std::move(c));
  provide_ipfs(*made);
  made->start();
  return made;
}

task<> caller::run() {
  try {
    co_await work_(*this);
    done_->set_value();
  } catch (...) {
    done_->set_exception(std::current_exception());
  }
}

std::future<void> in_plugin(node& on, caller::work what) {
  static std::atomic<unsigned> number = 0;
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  on.spawn<caller>("caller-" + std::to_string(++number), std::move(what), std::move(done));
  return ended;
}

void stop_node(std::unique_ptr<node> which) {
  if (!which->stop().clean) throw failure(errc::internal, "the node did not stop cleanly");
}

} // namespace pillar::bench

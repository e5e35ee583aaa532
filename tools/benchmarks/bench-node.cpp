/// bench-node: how long a node with the three standard workers takes to start on existing data, and to stop when it is
/// idle; and what it costs meanwhile.
#include "actors/standard.hpp"
#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/scratch_directory.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <future>
#include <thread>

using namespace pillar;
using namespace pillar::bench;
using namespace std::chrono_literals;

namespace {

constexpr double wanted_start_ms = 150;
constexpr double wanted_stop_ms = 200;

/// Puts documents and contents into a node, many at once.
struct filler : plugin<filler, needs<ipfs::service, db::documents>> {
  filler(const context& ctx, std::size_t count, std::promise<void>* done) : plugin(ctx), count_(count), done_(done) {}
  task<> run() {
    constexpr std::size_t at_once = 100;
    for (std::size_t i = 0; i < count_; i += at_once) {
      std::vector<task<>> batch;
      for (auto j = i; j < std::min(count_, i + at_once); ++j) batch.push_back(fill(j));
      co_await all_of(std::move(batch));
    }
    done_->set_value();
  }

private:
  task<> fill(std::size_t i) {
    auto text = "document " + std::to_string(i);
    co_await ask(ipfs::add_str{.text = text + std::string(1000, '.')});
    co_await ask(db::put{.key = text, .value = bytes(100), .if_revision = {}});
  }

  std::size_t count_;
  std::promise<void>* done_;
};

std::unique_ptr<node> node_on(const std::filesystem::path& data) {
  configuration c;
  c.set("node.name", "bench");
  c.set("node.data", data.string());
  auto n = std::make_unique<node>(std::move(c));
  provide_standard_workers(*n);
  return n;
}

double ms(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

double cpu_ms() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3; };
  return of(used.ru_utime) + of(used.ru_stime);
}

struct life {
  double start = 0, stop = 0, idle_percent = 0;
};

life live(const std::filesystem::path& data, std::chrono::milliseconds idle) {
  using clock = std::chrono::steady_clock;
  life found;
  auto n = node_on(data);
  auto begin = clock::now();
  n->start();
  found.start = ms(clock::now() - begin);
  auto used = cpu_ms();
  std::this_thread::sleep_for(idle);
  found.idle_percent = (cpu_ms() - used) / ms(idle) * 100;
  begin = clock::now();
  auto report = n->stop();
  found.stop = ms(clock::now() - begin);
  if (!report.clean) throw failure(errc::internal, "the node did not stop cleanly");
  return found;
}

} // namespace

int main(int argc, char** argv) {
  std::size_t rounds = 5, documents = 2000;
  bool quick = false, json_only = false;
  CLI::App app{"Measures a node's start on existing data and its stop: a table, then one JSON object a line.",
               "bench-node"};
  auto* given_rounds =
      app.add_option("--rounds", rounds, "how often it is started (5, or 3 with --quick)")->check(CLI::Range(1, 1000));
  auto* given_documents =
      app.add_option("--documents", documents, "kept in IPFS and in the DB (2000, or 200 with --quick)")
          ->check(CLI::Range(0, 10'000'000));
  app.add_flag("--quick", quick, "less data, fewer rounds");
  app.add_flag("--json", json_only, "only the JSON");
  CLI11_PARSE(app, argc, argv);
  if (quick && given_rounds->empty()) rounds = 3;
  if (quick && given_documents->empty()) documents = 200;

  try {
    scratch_directory data("bench-node");
    {
      std::promise<void> done;
      auto n = node_on(data.path());
      n->spawn<filler>("filler", documents, &done);
      n->start();
      done.get_future().get();
      n->stop();
    }
    std::vector<double> start, stop, idle;
    for (std::size_t round = 0; round < rounds; ++round) {
      auto found = live(data.path(), quick ? 300ms : 1000ms);
      start.push_back(found.start), stop.push_back(found.stop), idle.push_back(found.idle_percent);
    }
    if (!json_only) {
      table t{
          {"node with " + grouped(static_cast<double>(documents)) + " documents, " + std::to_string(rounds) + " rounds",
           "median", "to reach"}};
      t.add({"start, ms", with_decimals(median(start), 1), "<= " + with_decimals(wanted_start_ms, 0)});
      t.add({"stop when idle, ms", with_decimals(median(stop), 1), "<= " + with_decimals(wanted_stop_ms, 0)});
      t.add({"idle, % of a core", with_decimals(median(idle)), ""});
      std::fputs((t.text() + '\n').c_str(), stdout);
    }
    json_lines lines;
    lines.add({{"benchmark", "node"},
               {"documents", documents},
               {"start_ms", numbers(start)},
               {"stop_ms", numbers(stop)},
               {"idle_percent", numbers(idle)}});
    std::fputs(lines.text().c_str(), stdout);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench-node: %s\n", e.what());
    return 1;
  }
}

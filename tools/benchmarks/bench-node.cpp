/// bench-node: how long a node with the three standard workers takes to start on existing data, and to stop when it is
/// idle; what it costs meanwhile; and how long a whole command of the program `pillar` takes on the same data.
#include "actors/standard.hpp"
#include "interfaces/db.hpp"
#include "interfaces/ipfs.hpp"
#include "tools/benchmarks/figures.hpp"
#include "tools/benchmarks/scratch_directory.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <future>
#include <thread>

using namespace pillar;
using namespace pillar::bench;
using namespace std::chrono_literals;

namespace {

constexpr double wanted_start_ms = 150;
constexpr double wanted_stop_ms = 200;
constexpr double wanted_command_ms = 150;

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

/// How long a command takes, from its start to its end. Its output goes nowhere.
double run_command(const std::filesystem::path& data, std::vector<std::string> words) {
  auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "pillar";
  words.insert(words.begin(), {program.string(), "--data", data.string()});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  auto begin = std::chrono::steady_clock::now();
  pid_t process = 0;
  auto failed = ::posix_spawn(&process, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || ::waitpid(process, &status, 0) != process || status != 0)
    throw failure(errc::internal, "the command `pillar " + words[3] + "` failed: build the target pillar, too");
  return ms(std::chrono::steady_clock::now() - begin);
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
    struct {
      std::string name;
      std::vector<std::string> words;
      std::vector<double> took;
    } commands[] = {{"version", {"version"}, {}},
                    {"db ls", {"db", "ls"}, {}},
                    {"ipfs id", {"ipfs", "id"}, {}},
                    {"key show", {"key", "show"}, {}}};
    for (std::size_t round = 0; round < rounds; ++round) {
      auto found = live(data.path(), quick ? 300ms : 1000ms);
      start.push_back(found.start), stop.push_back(found.stop), idle.push_back(found.idle_percent);
      for (auto& c : commands) c.took.push_back(run_command(data.path(), c.words));
    }
    if (!json_only) {
      table t{
          {"node with " + grouped(static_cast<double>(documents)) + " documents, " + std::to_string(rounds) + " rounds",
           "median", "to reach"}};
      t.add({"start, ms", with_decimals(median(start), 1), "<= " + with_decimals(wanted_start_ms, 0)});
      t.add({"stop when idle, ms", with_decimals(median(stop), 1), "<= " + with_decimals(wanted_stop_ms, 0)});
      t.add({"idle, % of a core", with_decimals(median(idle)), ""});
      for (auto& c : commands)
        t.add({"pillar " + c.name + ", ms", with_decimals(median(c.took), 1),
               "<= " + with_decimals(wanted_command_ms, 0)});
      std::fputs((t.text() + '\n').c_str(), stdout);
    }
    json_lines lines;
    lines.add({{"benchmark", "node"},
               {"documents", documents},
               {"start_ms", numbers(start)},
               {"stop_ms", numbers(stop)},
               {"idle_percent", numbers(idle)}});
    for (auto& c : commands) lines.add({{"benchmark", "node"}, {"command", c.name}, {"ms", numbers(c.took)}});
    std::fputs(lines.text().c_str(), stdout);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench-node: %s\n", e.what());
    return 1;
  }
}

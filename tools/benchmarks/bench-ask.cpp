/// bench-ask: how fast Pillar's `ask` is, as users get it (supervised worker, envelope, deadline of 30 s), beside CAF's
/// bare `request().then` without and with a time limit of 30 s, and what a plugin costs beside a bare CAF actor. All of
/// it in one run, in interleaved rounds, so that what disturbs the machine disturbs all sides.
#include "tools/benchmarks/allocations.hpp"
#include "tools/benchmarks/ask_load.hpp"
#include "tools/benchmarks/figures.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <cstdio>

using namespace pillar::bench;
using namespace std::chrono_literals;

namespace {

struct options {
  std::size_t rounds = 5;
  std::vector<std::size_t> threads{1, 2};
  policy scheduling = policy::sharing;
  bool quick = false;
  bool json_only = false;
};

struct scenario {
  std::string name;
  load pillar;
  load caf;             // fewer requests where CAF is slow; more of them would only make it slower
  double limited = 0;   // to reach on one thread: times CAF with a limit of 30 s
  double unlimited = 0; // and times CAF without one
};

std::vector<scenario> scenarios(bool quick) {
  auto of = [quick](std::size_t outstanding, std::size_t requests, bool nested = false) {
    auto least = 10 * outstanding; // one for each while warming up
    auto wanted = quick ? requests / 10 : requests;
    return load{outstanding, std::max(least, wanted / least * least), nested};
  };
  return {
      {"loop", of(1, 300'000), of(1, 300'000), 2, 1.2},
      {"64 outstanding", of(64, 640'000), of(64, 640'000), 2.5, 1.2},
      {"10,000 outstanding", of(10'000, 1'000'000), of(10'000, 100'000), 35, 25},
      {"nested, loop", of(1, 150'000, true), of(1, 150'000, true)},
      {"nested, 64 outstanding", of(64, 320'000, true), of(64, 320'000, true)},
  };
}

/// By round.
struct rates {
  std::vector<double> pillar, limited, unlimited;
};

std::string ratio(double value, double wanted) {
  auto text = with_decimals(value, value < 10 ? 2 : 1);
  return wanted > 0 ? text + " (of " + with_decimals(wanted, wanted < 10 ? 1 : 0) + ")" : text;
}

void measure_asks(const options& o, std::size_t threads, json_lines& lines) {
  setting s{threads, o.scheduling};
  auto all = scenarios(o.quick);
  std::vector<rates> found(all.size());
  for (std::size_t round = 0; round < o.rounds; ++round)
    for (std::size_t i = 0; i < all.size(); ++i) {
      found[i].pillar.push_back(ask_with_pillar(all[i].pillar, s).per_second);
      found[i].limited.push_back(ask_with_caf(all[i].caf, s, 30s).per_second);
      found[i].unlimited.push_back(ask_with_caf(all[i].caf, s, std::nullopt).per_second);
    }

  table t{{"requests/s", "Pillar", "CAF 30 s", "CAF", "to CAF 30 s", "to CAF", "allocations", "CAF 30 s's"}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& [name, own, cafs, limited, unlimited] = all[i];
    auto& f = found[i];
    count_allocations(true);
    auto allocated = ask_with_pillar(own, s).allocations;
    auto allocated_by_caf = ask_with_caf(cafs, s, 30s).allocations;
    count_allocations(false);
    auto to_limited = median_ratio(f.pillar, f.limited), to_unlimited = median_ratio(f.pillar, f.unlimited);
    t.add({name, grouped(median(f.pillar)), grouped(median(f.limited)), grouped(median(f.unlimited)),
           ratio(to_limited, threads == 1 ? limited : 0), ratio(to_unlimited, threads == 1 ? unlimited : 0),
           with_decimals(allocated), with_decimals(allocated_by_caf)});
    lines.add({{"benchmark", "ask"},
               {"scenario", name},
               {"threads", threads},
               {"pillar_per_s", numbers(f.pillar)},
               {"caf_30s_per_s", numbers(f.limited)},
               {"caf_per_s", numbers(f.unlimited)},
               {"to_caf_30s", to_limited},
               {"to_caf", to_unlimited},
               {"allocations", allocated},
               {"caf_30s_allocations", allocated_by_caf}});
  }
  if (!o.json_only) std::fputs((t.text() + '\n').c_str(), stdout);
}

void measure_spawning(const options& o, std::size_t threads, json_lines& lines) {
  setting s{threads, o.scheduling};
  auto count = o.quick ? 10'000u : 100'000u;
  std::vector<double> rate, bytes, caf_rate, caf_bytes;
  for (std::size_t round = 0; round < o.rounds; ++round) {
    auto own = spawn_with_pillar(count, s);
    auto cafs = spawn_with_caf(count, s);
    rate.push_back(own.per_second), bytes.push_back(own.bytes_each);
    caf_rate.push_back(cafs.per_second), caf_bytes.push_back(cafs.bytes_each);
  }
  table t{{grouped(count) + " idle actors", "Pillar's plugins", "bare CAF"}};
  t.add({"spawned/s", grouped(median(rate)), grouped(median(caf_rate))});
  t.add({"bytes each", grouped(median(bytes)), grouped(median(caf_bytes))});
  lines.add({{"benchmark", "spawn"},
             {"threads", threads},
             {"count", count},
             {"pillar_per_s", numbers(rate)},
             {"caf_per_s", numbers(caf_rate)},
             {"pillar_bytes", numbers(bytes)},
             {"caf_bytes", numbers(caf_bytes)}});
  if (!o.json_only) std::fputs((t.text() + '\n').c_str(), stdout);
}

} // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Measures asks and plugins beside bare CAF: a table, then one JSON object a line.", "bench-ask"};
  std::optional<std::size_t> rounds;
  app.add_option("--rounds", rounds, "how often all is measured (5, or 3 with --quick)")->check(CLI::Range(1, 1000));
  app.add_option("--threads", o.threads, "scheduler threads, several for several tables (1,2)")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--policy", o.scheduling, "how they share work: sharing, as a node does, or stealing")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, policy>{{"sharing", policy::sharing}, {"stealing", policy::stealing}}));
  app.add_flag("--quick", o.quick, "a tenth of the requests");
  app.add_flag("--json", o.json_only, "only the JSON");
  CLI11_PARSE(app, argc, argv);
  o.rounds = rounds.value_or(o.quick ? 3 : 5);

  json_lines lines;
  for (auto threads : o.threads) {
    if (!o.json_only)
      std::printf("%zu scheduler thread%s, medians of %zu rounds\n\n", threads, threads == 1 ? "" : "s", o.rounds);
    measure_asks(o, threads, lines);
    measure_spawning(o, threads, lines);
  }
  std::fputs(lines.text().c_str(), stdout);
}

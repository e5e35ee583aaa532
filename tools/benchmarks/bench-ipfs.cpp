/// bench-ipfs: the embedded IPFS worker as users have it, behind a node, beside a real Kubo daemon. Both work on the
/// same disk in the same run, in interleaved rounds and with new content in each, so that what disturbs the machine
/// disturbs both. Each part runs in a process of its own, so that none inherits another's memory.
#include "tools/benchmarks/ipfs/kubo_peer.hpp"
#include "tools/benchmarks/ipfs/part_process.hpp"
#include "tools/benchmarks/ipfs/parts.hpp"
#include "tools/benchmarks/scratch_directory.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace pillar::bench;
namespace fs = std::filesystem;

namespace {

struct arguments {
  options o;
  std::vector<std::string> names; ///< of the parts, all when there are none
  std::string directory;
};

/// What --quick makes smaller, unless it is given by itself.
void make_quick(options& o) {
  o.size = 64 << 20;
  o.large = 512 << 20;
  o.medium = 64 << 20;
  o.files = 1'000;
  o.adds = 100;
  o.gets = 1'000;
  o.blocks = 100'000;
  o.messages = 50'000;
  o.kubo_messages = 500;
}

/// Refuses a size, given in bytes, from which nothing could be told.
CLI::Validator at_least(std::uint64_t least, std::string why) {
  return {[least, why = std::move(why)](const std::string& bytes) {
            if (std::stoull(bytes) >= least) return std::string();
            return bytes + " bytes " + why + ": give at least " + std::to_string(least >> 20)
                   + "MiB (a number without a unit is bytes)";
          },
          ""};
}

void declare(CLI::App& app, arguments& a) {
  auto size = CLI::AsSizeValue(false); // "1GiB", "64MiB", "1kb"
  std::vector<std::string> known;
  std::string list = "what to measure, all by default:";
  for (auto& p : parts) {
    known.emplace_back(p.name);
    list += "\n" + std::string(p.name) + ": " + std::string(p.meaning);
  }
  auto count = CLI::Range(1, 1'000'000'000);
  app.add_option("parts", a.names, list)->check(CLI::IsMember(known));
  app.add_flag("--quick", a.o.quick, "less of everything");
  app.add_flag("--json", a.o.json_only, "only the JSON");
  app.add_flag("--without-kubo", a.o.without_kubo, "measure Pillar alone");
  app.add_option("--directory", a.directory, "where the data of both sides lies meanwhile (TMPDIR, or /tmp)")
      ->check(CLI::ExistingDirectory);
  app.add_option("--rounds", a.o.rounds, "how often all is measured (3)")->check(CLI::Range(1, 1000));
  app.add_option("--size", a.o.size, "of the file of add and cat (1GiB, or 64MiB with --quick)")
      ->transform(size)
      ->check(at_least(1 << 20, "are read and written too fast to be measured"));
  app.add_option("--large", a.o.large, "of the input of memory (10GiB, or 512MiB)")
      ->transform(size)
      ->check(at_least(a.o.medium, "are less than the input that it is compared with"));
  app.add_option("--files", a.o.files, "of the tree (10000, or 1000)")->check(count);
  app.add_option("--adds", a.o.adds, "of each caller in small (300, or 100)")->check(count);
  app.add_option("--gets", a.o.gets, "of single blocks in a round (5000, or 1000)")->check(count);
  app.add_option("--blocks", a.o.blocks, "of the repository of many (5000000, or 100000)")->check(count);
  app.add_option("--messages", a.o.messages, "of pubsub in a round (500000, or 50000)")
      ->check(CLI::Range(10'000, 1'000'000'000));
}

/// Measures one part, in its own process: prints its table, and leaves its JSON lines in a file.
void run(const part& p, const options& o, const fs::path& directory, const fs::path& lines) {
  report found{std::string(p.name)};
  p.measure(o, directory, found);
  if (!o.json_only) std::fputs((found.text() + '\n').c_str(), stdout);
  std::ofstream(lines, std::ios::app) << found.json();
}

} // namespace

int main(int argc, char** argv) {
  arguments a;
  for (auto* word : std::span(argv, static_cast<std::size_t>(argc)))
    if (std::string_view(word) == "--quick") make_quick(a.o); // before the options that may say otherwise
  CLI::App app{"Measures IPFS requests beside a real Kubo daemon: tables with medians, then one JSON object a line.",
               "bench-ipfs"};
  declare(app, a);
  CLI11_PARSE(app, argc, argv);
  auto is_wanted = [&](const part& p) {
    return a.names.empty() || std::ranges::find(a.names, p.name) != a.names.end();
  };

  auto failed = false;
  try {
    scratch_directory all("bench-ipfs", a.directory.empty() ? fs::temp_directory_path() : fs::path(a.directory));
    ::setenv("TMPDIR", all.path().c_str(), 1); // Kubo's repositories, too
    auto lines = all / "lines";
    for (auto& p : parts) {
      if (!is_wanted(p)) continue;
      auto directory = all / p.name;
      fs::create_directory(directory);
      std::fflush(nullptr);
      auto ended = in_process_of_its_own([&] { run(p, a.o, directory, lines); }, "bench-ipfs: " + std::string(p.name));
      failed = failed || ended != part_end::done;
      fs::remove_all(directory);
      if (ended == part_end::interrupted) break;
    }
    std::ifstream in(lines, std::ios::binary);
    std::fputs(std::string(std::istreambuf_iterator<char>(in), {}).c_str(), stdout);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench-ipfs: %s\n", e.what());
    failed = true;
  }
  return failed ? 1 : 0;
}

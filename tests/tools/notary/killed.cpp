/// The demo is killed at any moment; then all that it had acknowledged is there.
#include "tests/tools/notary/lab.hpp"
#include "tests/tools/notary/program.hpp"
#include "tools/notary/demo_node.hpp"
#include "tools/pillar/printable.hpp"

#include <csignal>
#include <cstdlib>
#include <random>
#include <set>

using namespace pillar;
using namespace std::chrono_literals;
using test::demo_program;

namespace {

using steady = std::chrono::steady_clock;

constexpr int rounds = 8;
constexpr int files_at_first = 60, new_files = 40, changed_files = 15;

std::uint64_t chosen_seed() {
  if (auto* given = std::getenv("PILLAR_TEST_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

/// A directory whose files change between two runs, and what was in them.
class changing_directory {
public:
  explicit changing_directory(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < files_at_first; ++i) add();
  }

  void change() {
    for (int i = 0; i < new_files; ++i) add();
    for (int i = 0; i < changed_files; ++i) {
      auto at = contents_.begin();
      std::advance(at, static_cast<std::ptrdiff_t>(below(contents_.size())));
      write(at->first);
    }
  }
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  const std::filesystem::path& path() const { return directory_.path(); }
  const std::string& content_of(const std::string& name) const { return contents_.at(name); }
  /// By how they are printed.
  std::string name_printed_as(const std::string& text) const {
    for (auto& [name, content] : contents_)
      if (cli::printable(name) == text) return name;
    return {};
  }

private:
  void add() {
    static const std::vector<std::string> kinds{"plain", "with blank", "line\nbreak", "\xc3\xa4\xe6\x97\xa5", "a/b/c"};
    write(kinds[below(kinds.size())] + " " + std::to_string(contents_.size()));
  }
  void write(const std::string& name) {
    // Mostly small; some of several blocks.
    std::string content(below(10) == 0 ? below(700'000) : below(5'000), '\0');
    for (auto& byte : content) byte = static_cast<char>(random_());
    test::write_file(directory_ / name, content);
    contents_[name] = std::move(content);
  }

  test::temporary_directory directory_;
  std::mt19937_64 random_;
  std::map<std::string, std::string> contents_;
};

/// What was acknowledged: a name and the CID of its content, with that content.
struct acknowledgement {
  std::string name;
  std::string cid;
  std::string content;
};

/// "recorded CID NAME".
std::optional<acknowledgement> parsed(const std::string& line, const changing_directory& files) {
  constexpr std::string_view begin = "recorded ";
  if (!line.starts_with(begin)) return std::nullopt;
  auto rest = line.substr(begin.size());
  auto blank = rest.find(' ');
  REQUIRE(blank != rest.npos);
  auto name = files.name_printed_as(rest.substr(blank + 1));
  REQUIRE(!name.empty());
  return acknowledgement{name, rest.substr(0, blank), files.content_of(name)};
}

/// Opens the data that a killed demo left behind, and looks for everything that it had acknowledged.
void check_all(const std::filesystem::path& data, const changing_directory& files,
               const std::vector<acknowledgement>& acknowledged) {
  demo::demo_node node(data, files.path());
  std::set<std::pair<std::string, std::string>> intact;
  for (auto& v : test::all_of(node->ask(ledger::verify_all{}))) {
    CAPTURE(v.item.name);
    CAPTURE(v.problem);
    CHECK(v.finding == ledger::finding::intact);
    CHECK(v.original != ledger::original::altered);
    intact.emplace(v.item.name, v.item.content.text);
  }
  for (auto& a : acknowledged) {
    CAPTURE(a.name);
    CHECK(intact.contains({a.name, a.cid}));
    std::string content;
    for (auto& piece : test::all_of(node->ask(ipfs::cat{.path = a.cid}))) content += test::to_text(piece);
    CHECK((content == a.content));
  }
}

} // namespace

TEST_CASE("what the demo acknowledged is there after it was killed at any moment" * doctest::test_suite("slow")) {
  auto seed = chosen_seed();
  MESSAGE("PILLAR_TEST_SEED=", seed);
  changing_directory files(seed);
  test::temporary_directory place;
  auto data = place / "data";
  std::vector<std::string> arguments{files.path(), "--each", "--data", data};
  std::vector<acknowledgement> acknowledged;
  auto longest = 1500ms; // a round by time is killed within it; by then an undisturbed demo is through

  for (int round = 0; round < rounds; ++round) {
    INFO("round ", round);
    demo_program program(arguments, place.path());
    auto before = acknowledged.size();
    auto most = round % 2 == 0 ? 1 + files.below(new_files) : std::numeric_limits<std::uint64_t>::max();
    auto until = steady::now() + (round % 2 == 0 ? 50s : std::chrono::milliseconds(files.below(longest.count())));
    while (acknowledged.size() - before < most) {
      auto line = program.line(until);
      if (!line) break;
      if (auto a = parsed(*line, files)) acknowledged.push_back(std::move(*a));
    }
    program.signal(SIGKILL);
    while (auto line = program.line(steady::now() + 50s)) // what it had said before that
      if (auto a = parsed(*line, files)) acknowledged.push_back(std::move(*a));
    program.wait();
    MESSAGE("round ", round, ": killed after ", acknowledged.size() - before, " acknowledgements");
    check_all(data, files, acknowledged);
    files.change();
  }
  CHECK(!acknowledged.empty());

  demo_program last(arguments, place.path());
  auto code = last.wait();
  INFO(last.output());
  CHECK(code == 0);
}

#include "runtime/log.hpp"

#include "runtime/configuration.hpp"
#include "tests/runtime/refusal.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>

#include <fstream>
#include <sstream>
#include <thread>

#include <unistd.h>

using namespace pillar;
using namespace std::chrono_literals;
using test::refusal;
using test::temporary_directory;

namespace {

// 2026-01-31T07:05:09.123Z
constexpr auto moment = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 7h + 5min + 9s + 123ms;

log_record record_with(std::string_view message, std::span<const log_field> fields = {}) {
  return {moment, log_level::warning, "node-1", "notary", 0xff, message, fields};
}

std::string content(const std::filesystem::path& file) {
  std::ostringstream all;
  all << std::ifstream(file, std::ios::binary).rdbuf();
  return all.str();
}

} // namespace

TEST_CASE("a text line has time, level, node, actor, trace, message and fields") {
  const log_field fields[] = {{"bytes", "12"}, {"path", "a b"}, {"note", ""}, {"why", "x=\"y\""}};
  CHECK(text_line(record_with("cannot read file", fields))
        == R"(2026-01-31T07:05:09.123Z warning node-1 notary 00000000000000ff cannot read file bytes=12 path="a b" )"
           R"(note="" why="x=\"y\"")");
  CHECK(text_line({moment, log_level::info, "", "", 0, "started", {}})
        == "2026-01-31T07:05:09.123Z info - - - started");
  CHECK(text_line({std::chrono::system_clock::time_point{} - 1ms, log_level::error, "a b", "c", 1, "m", {}})
        == "1969-12-31T23:59:59.999Z error \"a b\" c 0000000000000001 m");
}

TEST_CASE("a text line cannot be forged or steer a terminal") {
  const std::pair<std::string, std::string> cases[] = {
      {"a\nb\r\tc", "a\\nb\\r\\tc"},
      {"\x1b[31mred", "\\u001b[31mred"},
      {std::string("zero\0.", 6), "zero\\u0000."},
      {"\x7f", "\\u007f"},
      {"\u009b1m", "\\u009b1m"},
      {"\u202etxt", "\\u202etxt"},
      {"\u2028", "\\u2028"},
      {"caf\u00e9 \U0001F600", "caf\u00e9 \U0001F600"},
      {"\xff\xfe", "\\xff\\xfe"},
      {"cut \xe2\x82", "cut \\xe2\\x82"},
      {"overlong \xc0\xaf", "overlong \\xc0\\xaf"},
      {"surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80"},
      {"back\\slash \"quoted\"", "back\\\\slash \"quoted\""},
  };
  const std::string head = "2026-01-31T07:05:09.123Z warning node-1 notary 00000000000000ff ";
  for (const auto& [message, shown] : cases) {
    CAPTURE(shown);
    CHECK(text_line(record_with(message)) == head + shown);
  }
  const log_field field{"k", "v\nnext line"};
  CHECK(text_line(record_with("m", {&field, 1})) == head + "m k=\"v\\nnext line\"");
}

TEST_CASE("a JSON line has the same, without what is missing") {
  const log_field fields[] = {{"bytes", "12"}, {"path", "a \"b\""}};
  CHECK(json_line(record_with("cannot read", fields))
        == R"({"time":"2026-01-31T07:05:09.123Z","level":"warning","node":"node-1","actor":"notary",)"
           R"("trace":"00000000000000ff","message":"cannot read","fields":{"bytes":"12","path":"a \"b\""}})");
  CHECK(json_line({moment, log_level::info, "n", "", 0, "m", {}})
        == R"({"time":"2026-01-31T07:05:09.123Z","level":"info","node":"n","message":"m"})");
}

TEST_CASE("a JSON line is one valid line whatever is logged") {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const log_field field{"k\n\xff", every_byte};
  const auto line = json_line(record_with(every_byte + "\u00e9\u2028", {&field, 1}));
  CHECK(line.find('\n') == std::string::npos);
  const auto parsed = boost::json::parse(line);
  std::string expected;
  for (int byte = 0; byte < 128; ++byte) expected += static_cast<char>(byte);
  for (int byte = 128; byte < 256; ++byte) expected += "\ufffd";
  CHECK(std::string(parsed.at("message").as_string().c_str(), parsed.at("message").as_string().size())
        == expected + "\u00e9\u2028");
  CHECK(parsed.at("fields").as_object().begin()->key() == "k\n\ufffd");
}

TEST_CASE("a function gets the records of its level and above") {
  std::vector<std::string> got;
  const auto log =
      logger::to_function(log_level::info, [&](const log_record& r) {
        got.push_back(std::string(name_of(r.level)) + ' ' + std::string(r.node) + ' ' + std::string(r.actor) + ' '
                      + std::to_string(r.trace_id) + ' ' + std::string(r.message));
        for (const auto& field : r.fields) got.back() += ' ' + std::string(field.name) + '=' + field.value;
        CHECK(std::chrono::system_clock::now() - r.time < 1min);
      }).named("n");
  log.log(log_level::debug, "a", 1, "not seen");
  log.log(log_level::info, "a", 1, "seen", {{"x", "1"}, {"y", "2"}});
  log.log(log_level::error, "", 0, "too");
  log.log(log_level::off, "a", 1, "off is no level of a record");
  CHECK(got == std::vector<std::string>{"info n a 1 seen x=1 y=2", "error n  0 too"});
}

TEST_CASE("the fields of a record below the level are not made") {
  int made = 0;
  std::size_t fields = 0;
  auto log = logger::to_function(log_level::warning, [&](const log_record& r) { fields += r.fields.size(); });
  const auto make = [&] {
    ++made;
    return std::vector<log_field>{{"k", "v"}};
  };
  log.log(log_level::info, "a", 0, "m", make);
  CHECK(made == 0);
  log.log(log_level::error, "a", 0, "m", make);
  CHECK(made == 1);
  CHECK(fields == 1);
}

TEST_CASE("copies share sink and level, and each names its own node") {
  std::string nodes;
  const auto first = logger::to_function(log_level::off, [&](const log_record& r) { nodes += r.node; }).named("1");
  auto second = first.named("2");
  first.log(log_level::error, "", 0, "");
  CHECK(nodes.empty());
  second.set_level(log_level::trace);
  CHECK(first.level() == log_level::trace);
  CHECK(first.enabled(log_level::trace));
  first.log(log_level::trace, "", 0, "");
  second.log(log_level::trace, "", 0, "");
  CHECK(nodes == "12");
}

TEST_CASE("a logger to nowhere is off") {
  auto log = logger::none().named("n");
  log.set_level(log_level::trace);
  CHECK(log.level() == log_level::off);
  CHECK(!log.enabled(log_level::error));
  log.log(log_level::error, "a", 0, "m");
  CHECK(log.lost() == 0);
}

TEST_CASE("a sink that throws loses the record, not the program") {
  const auto log = logger::to_function(log_level::info, [](const log_record&) { throw std::runtime_error("full"); });
  log.log(log_level::info, "a", 0, "m");
  log.log(log_level::info, "a", 0, "m");
  CHECK(log.lost() == 2);
}

TEST_CASE("a full disk loses records and counts them") {
  const auto log = logger::to_file("/dev/full", log_level::info);
  log.log(log_level::info, "a", 0, "m");
  CHECK(log.lost() == 1);
}

TEST_CASE("a file is appended to, and holds each record at once") {
  temporary_directory directory;
  const auto file = directory / "logs/new/p.log";
  {
    const auto log = logger::to_file(file, log_level::info).named("n");
    log.log(log_level::info, "a", 7, "first");
    CHECK(content(file).ends_with("info n a 0000000000000007 first\n"));
  }
  const auto log = logger::to_file(file, log_level::info, log_format::json);
  log.log(log_level::info, "a", 0, "second");
  const auto all = content(file);
  CHECK(std::count(all.begin(), all.end(), '\n') == 2);
  CHECK(all.find("first") < all.find(R"("message":"second"})"));
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::others_all)
        == std::filesystem::perms::none);
}

TEST_CASE("a log file that cannot be opened says why") {
  temporary_directory directory;
  const auto opening = [](const std::filesystem::path& file) {
    return refusal([&] { (void)logger::to_file(file, log_level::info); });
  };
  CHECK(opening(directory.path())
        == "io_error: cannot open the log file " + directory.path().string() + ": Is a directory");
  std::ofstream(directory / "file") << "x";
  CHECK(opening(directory / "file/p.log")
        == "not_found: cannot open the log file " + (directory / "file/p.log").string() + ": Not a directory");
}

TEST_CASE("records of several threads do not mix") {
  temporary_directory directory;
  const auto file = directory / "p.log";
  const auto log = logger::to_file(file, log_level::info);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 200; ++i) log.log(log_level::info, "actor", 0, std::string(50, static_cast<char>('a' + t)));
      });
  }
  std::ifstream lines(file);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto message = line.substr(line.rfind(' ') + 1);
    CHECK(message == std::string(50, message.at(0)));
  }
  CHECK(count == 800);
}

TEST_CASE("the configuration says where and how to log") {
  temporary_directory directory;
  configuration c;
  const auto quiet = logger::from(c);
  CHECK(quiet.level() == log_level::warning);
  c.set("log.level", "debug");
  c.set("log.format", "json");
  c.set("log.file", directory / "p.log");
  c.set("node.name", "north");
  const auto log = logger::from(c);
  CHECK(log.level() == log_level::debug);
  log.log(log_level::debug, "a", 0, "m");
  CHECK(content(directory / "p.log")
            .ends_with(R"("level":"debug","node":"north","actor":"a","message":"m"})"
                       "\n"));
}

TEST_CASE("every level has its name") {
  for (const auto level :
       {log_level::trace, log_level::debug, log_level::info, log_level::warning, log_level::error, log_level::off})
    CHECK(log_level_named(name_of(level)) == level);
  CHECK(!log_level_named("verbose"));
}

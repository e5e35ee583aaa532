#include "interfaces/error.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <regex>
#include <set>
#include <system_error>

using namespace pillar;

namespace {

std::map<int, std::string> described_codes() {
  std::map<int, std::string> all;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<errc>>(
      [&](auto e) { all[static_cast<int>(e.value)] = e.name; });
  return all;
}

template <class Thrown> failure failure_from(Thrown thrown) {
  return to_failure(std::make_exception_ptr(std::move(thrown)));
}

} // namespace

TEST_CASE("the numbers of the codes never change") {
  const std::map<int, std::string> stable = {
      {1, "expired"},         {2, "abandoned"},       {3, "unavailable"},
      {4, "overloaded"},      {5, "not_granted"},     {6, "bad_request"},
      {7, "unknown_request"}, {8, "incompatible"},    {9, "not_found"},
      {10, "conflict"},       {11, "already_exists"}, {12, "too_large"},
      {13, "storage_full"},   {14, "read_only"},      {15, "in_use"},
      {16, "damaged"},        {17, "unsupported"},    {18, "verification_failed"},
      {19, "cancelled"},      {20, "io_error"},       {21, "internal"}};
  CHECK(described_codes() == stable);
}

TEST_CASE("every code has its name and a meaning of its own") {
  std::set<std::string_view> meanings;
  for (auto& [number, name] : described_codes()) {
    CAPTURE(name);
    auto code = static_cast<errc>(number);
    CHECK(name_of(code) == name);
    CHECK(meaning_of(code) != "unknown");
    CHECK(meanings.insert(meaning_of(code)).second);
  }
}

TEST_CASE("the meaning that is printed is the one that the header documents") {
  std::ifstream header(PILLAR_SOURCE_DIR "/interfaces/error.hpp");
  REQUIRE(header);
  std::map<std::string, std::string> documented;
  const std::regex enumerator(R"(^  (\w+)(?: = \d+)?,\s+///< (.+)$)");
  for (std::string line; std::getline(header, line);)
    if (std::smatch found; std::regex_match(line, found, enumerator)) documented[found[1]] = found[2];
  CHECK(documented.size() == described_codes().size());
  for (auto& [number, name] : described_codes()) CHECK(meaning_of(static_cast<errc>(number)) == documented[name]);
}

TEST_CASE("a number that is no code is unknown") {
  CHECK(name_of(static_cast<errc>(0)) == "unknown");
  CHECK(name_of(static_cast<errc>(200)) == "unknown");
  CHECK(meaning_of(static_cast<errc>(200)) == "unknown");
}

TEST_CASE("a failure shows its code and its message") {
  failure f{errc::not_found, "no block bafk"};
  CHECK(f.code() == errc::not_found);
  CHECK(std::string(f.what()) == "no block bafk");
  CHECK(to_string(f) == "not_found: no block bafk");
  CHECK(f == failure{errc::not_found, "no block bafk"});
  CHECK_FALSE(f == failure{errc::not_found, "no block"});
  CHECK_FALSE(f == failure{errc::internal, "no block bafk"});
}

TEST_CASE("a worker_failure is known as such, and is a failure to callers") {
  auto thrown = std::make_exception_ptr(worker_failure{errc::damaged, "the index is gone"});
  CHECK(is_worker_failure(thrown));
  CHECK_FALSE(is_worker_failure(std::make_exception_ptr(failure{errc::damaged, "x"})));
  CHECK_FALSE(is_worker_failure(std::make_exception_ptr(3)));
  CHECK(to_failure(thrown) == failure{errc::damaged, "the index is gone"});
}

TEST_CASE("what is thrown becomes the failure that says the same") {
  CHECK(failure_from(failure{errc::conflict, "revision 7"}) == failure{errc::conflict, "revision 7"});
  CHECK(failure_from(std::runtime_error("the wheel broke")) == failure{errc::internal, "the wheel broke"});
  CHECK(failure_from(42) == failure{errc::internal, "an exception that is no std::exception"});
  CHECK(failure_from(std::bad_alloc{}).code() == errc::overloaded);
}

TEST_CASE("a file system error keeps the path and its errno decides the code") {
  auto no_space = std::make_error_code(std::errc::no_space_on_device);
  auto f = failure_from(std::filesystem::filesystem_error("write", "/data/x", no_space));
  CHECK(f.code() == errc::storage_full);
  CHECK(f.message().find("/data/x") != std::string::npos);
  auto bare = failure_from(std::system_error(EACCES, std::generic_category()));
  CHECK(bare.code() == errc::read_only);
}

TEST_CASE("errno values become the code that a caller can act on") {
  const std::map<int, errc> codes = {
      {ENOSPC, errc::storage_full}, {EDQUOT, errc::storage_full}, {EROFS, errc::read_only},
      {EACCES, errc::read_only},    {EPERM, errc::read_only},     {ENOENT, errc::not_found},
      {ENOTDIR, errc::not_found},   {EIO, errc::io_error},        {EMFILE, errc::io_error}};
  for (auto& [number, code] : codes) CHECK(failure_of_errno(number, "x").code() == code);
  CHECK(failure_of_errno(ENOSPC, "cannot write /data/1").message() == "cannot write /data/1: No space left on device");
}

TEST_CASE("a result holds a value or the failure that prevented it") {
  result<std::string> good = "hello";
  REQUIRE(good);
  CHECK(*good == "hello");
  CHECK(good->size() == 5);
  CHECK(good.value() == "hello");
  CHECK(std::move(good).value() == "hello");

  result<std::string> bad = failure{errc::too_large, "2 MiB"};
  CHECK_FALSE(bad.has_value());
  CHECK(bad.error() == failure{errc::too_large, "2 MiB"});
  CHECK_THROWS_AS(static_cast<void>(bad.value()), failure);
}

TEST_CASE("a result of nothing is success or a failure") {
  result<void> good;
  CHECK(good);
  CHECK_NOTHROW(good.value());
  result<void> bad = failure{errc::io_error, "gone"};
  CHECK_FALSE(bad);
  CHECK_THROWS_WITH(bad.value(), "gone");
  CHECK(std::move(bad).error().code() == errc::io_error);
}

TEST_CASE("a result takes a worker_failure as its failure") {
  result<std::string> bad = worker_failure{errc::damaged, "x"};
  CHECK(bad.error() == failure{errc::damaged, "x"});
}

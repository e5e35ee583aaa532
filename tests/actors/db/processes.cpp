/// Stores of several processes, and of processes that are killed.
#include "actors/db/sqlite_store.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <functional>

#include <sys/wait.h>
#include <unistd.h>

using namespace pillar;

namespace {

/// Another process, which begins when told, and reports numbers through a pipe until it ends or is killed.
class child_process {
public:
  explicit child_process(const std::function<void(const std::function<void(int)>& report)>& run) {
    int reports[2], orders[2];
    REQUIRE(::pipe(reports) == 0);
    REQUIRE(::pipe(orders) == 0);
    id_ = ::fork();
    REQUIRE(id_ >= 0);
    if (id_ == 0) {
      ::close(reports[0]);
      ::close(orders[1]);
      char order = 0;
      if (::read(orders[0], &order, 1) == 1) {
        run([&](int number) {
          if (::write(reports[1], &number, sizeof number) != sizeof number) ::_exit(1);
        });
      }
      ::_exit(0);
    }
    ::close(reports[1]);
    ::close(orders[0]);
    reports_ = reports[0];
    orders_ = orders[1];
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process() {
    kill();
    ::close(reports_);
    ::close(orders_);
  }

  void begin() { REQUIRE(::write(orders_, "!", 1) == 1); }

  /// The next reported number; none once the process has ended and everything was read.
  std::optional<int> next() {
    int number = 0;
    if (::read(reports_, &number, sizeof number) != sizeof number) return {};
    return number;
  }

  void kill() {
    if (id_ < 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }

private:
  pid_t id_ = -1;
  int reports_ = -1, orders_ = -1;
};

constexpr int documents_per_batch = 5;

std::string key_of(int batch, int i) {
  return std::to_string(batch) + "/" + std::to_string(i);
}

/// Commits batch after batch, and reports each once it is acknowledged.
void write_batches(const std::filesystem::path& file, int first, const std::function<void(int)>& report) {
  auto store = db::sqlite_store::open(file);
  for (int batch = first;; ++batch) {
    for (int i = 0; i < documents_per_batch; ++i) {
      store->put("writer", {key_of(batch, i), test::to_bytes("value of " + key_of(batch, i)), {}}).value();
    }
    store->commit().value();
    report(batch);
  }
}

} // namespace

TEST_CASE("what was acknowledged is there after kill -9, and no batch is there by half") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  int acknowledged = -1;
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    child_process writer([&](auto& report) { write_batches(file, acknowledged + 1, report); });
    writer.begin();
    for (int reports = 0; reports < 1 + round * 7 % 40; ++reports) acknowledged = writer.next().value();
    writer.kill();
    while (auto last = writer.next()) acknowledged = *last;

    auto store = db::sqlite_store::open(file);
    auto is_there = [&](int batch, int i) {
      auto found = store->get("writer", {key_of(batch, i)});
      return found && found->value == test::to_bytes("value of " + key_of(batch, i));
    };
    int missing = 0;
    for (int batch = 0; batch <= acknowledged; ++batch) {
      for (int i = 0; i < documents_per_batch; ++i) missing += is_there(batch, i) ? 0 : 1;
    }
    CHECK(missing == 0);
    // the batch after it may have been committed just before the end, but not in part
    for (int i = 1; i < documents_per_batch; ++i) CHECK(is_there(acknowledged + 1, i) == is_there(acknowledged + 1, 0));
    if (is_there(acknowledged + 1, 0)) ++acknowledged;
  }
  CHECK(acknowledged > 100);
}

TEST_CASE("a store that another process has open is in use, until that process ends") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  child_process owner([&](auto& report) {
    auto store = db::sqlite_store::open(file);
    report(1);
    ::pause();
  });
  owner.begin();
  REQUIRE(owner.next() == 1);
  for (int attempt = 0; attempt < 2; ++attempt) {
    try {
      db::sqlite_store::open(file);
      FAIL("two processes have one store");
    } catch (const failure& f) {
      CHECK(f.code() == errc::in_use);
      CHECK(f.message().find(file.string()) != std::string::npos);
    }
  }
  owner.kill();
  CHECK(db::sqlite_store::open(file));
}

TEST_CASE("a failed second opening in this process does not open the door to another process") {
  test::temporary_directory directory;
  auto file = directory / "documents.db";
  // made before the store is open: a child would inherit what SQLite remembers of it
  child_process other([&](auto& report) {
    try {
      db::sqlite_store::open(file);
      report(0);
    } catch (const failure& f) {
      report(static_cast<int>(f.code()));
    }
  });
  auto store = db::sqlite_store::open(file);
  CHECK_THROWS_AS(db::sqlite_store::open(file), failure);
  other.begin();
  CHECK(other.next() == static_cast<int>(errc::in_use));
}

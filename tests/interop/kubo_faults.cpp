#include "tests/actors/ipfs/support.hpp"
#include "tests/interop/kubo_support.hpp"

#include <future>

using namespace pillar;
using namespace pillar::test;
using namespace std::chrono_literals;

namespace {

std::string add_large(ipfs::backend& ipfs) {
  auto content = noise(20'000'000);
  return ipfs.add_stream(source_of(content)).root.text;
}

} // namespace

TEST_SUITE_BEGIN("kubo");

TEST_CASE("a daemon that is killed in the midst of a read fails it, and serves again when it is back") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  auto id = add_large(*ipfs);
  auto reader = ipfs->open_reader(id);
  CHECK(reader.next());
  daemon.kill();
  auto f = failure_of([&] {
    while (reader.next()) {
    }
  });
  CHECK(f.code() == errc::unavailable);
  CHECK(f.message().find("ipfs daemon") != std::string::npos);
  CHECK(failure_of([&] { ipfs->stat(id); }).code() == errc::unavailable);
  CHECK(failure_of([&] { open(daemon); }).code() == errc::unavailable);

  daemon.start();
  CHECK(content_of(*ipfs, id).size() == 20'000'000);
}

TEST_CASE("a daemon that is killed in the midst of an add fails it, and pins nothing of it") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  auto pieces = 0;
  auto f = failure_of([&] {
    ipfs->add_stream([&](std::span<std::byte> to) {
      if (++pieces == 50) daemon.kill();
      std::ranges::fill(to, static_cast<std::byte>(pieces));
      return to.size();
    });
  });
  CHECK(f.code() == errc::unavailable);
  daemon.start();
  CHECK(pins_of(*ipfs).empty());
}

TEST_CASE("a daemon that stands still is given up after the time for it, and answers when it goes on") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  auto id = ipfs->add_str("content").text;
  ipfs::engine::kubo_client hasty({.repository = daemon.repository(), .limits = {.first_byte = 200ms}});
  daemon.pause();
  auto f = failure_of([&] { hasty.ask({"version"}); });
  CHECK(f.code() == errc::expired);
  CHECK(f.message().find("did not begin to answer within 200 ms") != std::string::npos);

  std::stop_source stop;
  auto patient =
      std::async(std::launch::async, [&] { return failure_of([&] { ipfs->stat(id, stop.get_token()); }).code(); });
  stop.request_stop();
  CHECK(patient.get() == errc::cancelled);
  daemon.resume();
  CHECK(ipfs->stat(id).size == 7);
}

TEST_CASE("an add that is stopped leaves nothing pinned, and the daemon well") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  std::stop_source stop;
  auto pieces = 0;
  auto f = failure_of([&] {
    ipfs->add_stream(
        [&](std::span<std::byte> to) {
          if (++pieces == 50) stop.request_stop();
          return to.size();
        },
        {}, stop.get_token());
  });
  CHECK(f.code() == errc::cancelled);
  CHECK(pins_of(*ipfs).empty());
  CHECK(ipfs->add_str("still well").text == in_memory()->add_str("still well").text);
}

TEST_CASE("a daemon with a list of tokens refuses others, and takes the right one") {
  kubo_daemon daemon({.settings = R"({"API": {"Authorizations": {
    "reader": {"AuthSecret": "bearer:secret-token", "AllowedPaths": ["/api/v0"]},
    "basic": {"AuthSecret": "basic:user:password", "AllowedPaths": ["/api/v0"]},
    "narrow": {"AuthSecret": "bearer:narrow", "AllowedPaths": ["/api/v0/id"]}}}})"});
  auto open = [&](std::string token) {
    auto options = options_for(daemon);
    options.client.token = std::move(token);
    return pillar::test::open(options);
  };
  for (auto token : {"", "wrong", "basic:user:wrong"}) {
    auto f = failure_of([&] { open(token); });
    CHECK(f.code() == errc::not_granted);
    CHECK(f.message().find("API.Authorizations") != std::string::npos);
    CHECK(f.message().find("wrong") == std::string::npos);
  }
  open("bearer:secret-token")->add_str("a");
  open("secret-token")->add_str("a");
  open("basic:user:password")->add_str("a");
  CHECK(failure_of([&] { open("narrow")->add_str("a"); }).code() == errc::not_granted);
}

TEST_CASE("a daemon is reached through a Unix socket") {
  temporary_directory directory;
  auto socket = "/unix" + (directory / "api.sock").string();
  kubo_daemon daemon({.settings = R"({"Addresses": {"API": ")" + socket + R"("}})"});
  CHECK(daemon.api() == socket);
  auto ipfs = open(daemon);
  CHECK(content_of(*ipfs, ipfs->add_str("content").text) == "content");
}

TEST_CASE("a gateway is not taken for Kubo's API") {
  kubo_daemon daemon;
  auto f = failure_of([&] { pillar::test::open(ipfs::kubo_options{.client = {.api = daemon.gateway()}}); });
  CHECK(f.code() == errc::unsupported);
  CHECK(f.message().find("address") != std::string::npos);
}

TEST_CASE("requests from many threads at once are all answered") {
  kubo_daemon daemon;
  auto ipfs = open(daemon);
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < 16; ++i)
    answers.push_back(std::async(std::launch::async, [&, i] {
      for (int k = 0; k < 10; ++k) {
        auto text = std::to_string(i) + "/" + std::to_string(k);
        if (content_of(*ipfs, ipfs->add_str(text).text) != text) return false;
      }
      return true;
    }));
  for (auto& answer : answers) CHECK(answer.get());
}

TEST_SUITE_END();

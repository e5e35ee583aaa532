#include "actors/ipfs/kubo/kubo_address.hpp"

#include "tests/actors/ipfs/support.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace pillar;
using namespace pillar::test;
using ipfs::engine::kubo_address;

TEST_CASE("a Kubo API's address is a multiaddress, a URL or host:port") {
  auto parse = [](std::string_view text) {
    auto a = kubo_address::parse(text);
    return a.is_unix() ? a.socket_path : a.host + " " + std::to_string(a.port);
  };
  CHECK(parse("/ip4/127.0.0.1/tcp/5001") == "127.0.0.1 5001");
  CHECK(parse("/ip4/127.0.0.1/tcp/5001/http") == "127.0.0.1 5001");
  CHECK(parse("/ip6/::1/tcp/5001") == "::1 5001");
  CHECK(parse("/dns4/ipfs.example/tcp/80") == "ipfs.example 80");
  CHECK(parse("/unix/run/ipfs/api.sock") == "/run/ipfs/api.sock");
  CHECK(parse("http://[::1]:5001/") == "::1 5001");
  CHECK(parse("localhost:5001") == "localhost 5001");
  CHECK(parse("/ip4/0.0.0.0/tcp/5001") == "127.0.0.1 5001");
  CHECK(parse("/ip6/::/tcp/5001") == "::1 5001");
}

TEST_CASE("an address that leads to no Kubo API is refused with the form it should have") {
  for (auto text : {"", "/", "/ip4", "/ip4/127.0.0.1", "/ip4/127.0.0.1/udp/5001", "/ip4/127.0.0.1/tcp", "/unix",
                    "/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/65536", "/ip4/127.0.0.1/tcp/5001/ws", "/ip4//tcp/5001",
                    "/onion3/abc:80", "localhost", ":5001", "user@host:5001", "http://a/b:80", "localhost:http"}) {
    CAPTURE(text);
    auto f = failure_of([&] { kubo_address::parse(text); });
    CHECK(f.code() == errc::bad_request);
    CHECK(f.message().find("/ip4/127.0.0.1/tcp/5001") != std::string::npos);
  }
  CHECK(failure_of([] { kubo_address::parse("https://ipfs.example:443"); }).code() == errc::unsupported);
  CHECK(failure_of([] { kubo_address::parse("/dns/ipfs.example/tcp/443/https"); }).code() == errc::unsupported);
  CHECK(failure_of([] { kubo_address::parse(std::string_view("a\0b:80", 6)); }).code() == errc::bad_request);
}

TEST_CASE("a daemon is found by the file that it writes into its repository") {
  temporary_directory repository;
  auto missing = failure_of([&] { kubo_address::of_repository(repository.path()); });
  CHECK(missing.code() == errc::unavailable);
  CHECK(missing.message().find("ipfs daemon") != std::string::npos);
  CHECK(missing.message().find((repository / "api").string()) != std::string::npos);

  write_file(repository / "api", "/ip4/127.0.0.1/tcp/4711\n");
  CHECK(kubo_address::of_repository(repository.path()).port == 4711);

  write_file(repository / "api", "nonsense");
  auto wrong = failure_of([&] { kubo_address::of_repository(repository.path()); });
  CHECK(wrong.code() == errc::bad_request);
  CHECK(wrong.message().find((repository / "api").string()) != std::string::npos);
}

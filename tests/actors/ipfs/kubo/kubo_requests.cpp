#include "tests/actors/ipfs/kubo/kubo_support.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;

namespace {

/// The request that a server receives from a client with these options.
std::string request_of(kubo_client_options options, const kubo_request& request) {
  std::string seen;
  {
    scripted_server server([&](scripted_connection& c) {
      seen = c.request();
      c.send(http_reply("{}"));
    });
    options.api = server.address();
    kubo_client(options).ask(request).json();
  }
  return seen;
}

/// Answers any number of requests on one connection.
void answer_all(scripted_connection& c) {
  for (;;) {
    c.request();
    c.send(http_reply("{}"));
  }
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("a request is a POST that no daemon takes for a browser's") {
  auto seen = request_of({}, {"pin/add", {{"arg", "/ipfs/Qm/a b"}, {"arg", "Qm"}, {"name", "x&y=z+\n\xff"}}});
  CHECK(seen.starts_with("POST /api/v0/pin/add?arg=%2Fipfs%2FQm%2Fa%20b&arg=Qm&name=x%26y%3Dz%2B%0A%FF HTTP/1.1\r\n"));
  CHECK(has(seen, "\r\nHost: 127.0.0.1:"));
  CHECK(has(seen, "\r\nUser-Agent: pillar-ipfs\r\n"));
  CHECK(has(seen, "\r\nContent-Length: 0\r\n"));
  CHECK(!has(seen, "Origin"));
  CHECK(!has(seen, "Referer"));
  CHECK(!has(seen, "Authorization"));
}

TEST_CASE("a token is sent in the form that it names") {
  auto sent = [](std::string token) {
    auto seen = request_of({.token = std::move(token)}, {"id"});
    auto at = seen.find("Authorization: ");
    REQUIRE(at != seen.npos);
    return seen.substr(at + 15, seen.find("\r\n", at) - at - 15);
  };
  CHECK(sent("bearer:abc") == "Bearer abc");
  CHECK(sent("abc") == "Bearer abc");
  CHECK(sent("basic:user:password") == "Basic dXNlcjpwYXNzd29yZA==");
  CHECK(sent("basic:dXNlcjpwYXNzd29yZA==") == "Basic dXNlcjpwYXNzd29yZA==");
}

TEST_CASE("options that no request can be made with are refused at once") {
  for (const auto& options : {kubo_client_options{.api = "nonsense"}, kubo_client_options{.token = "a\r\nX: y"},
                              kubo_client_options{.agent = ""}, kubo_client_options{.agent = "Mozilla/5.0"},
                              kubo_client_options{.agent = "pillar/kubo/0.39.0"}}) {
    auto f = failure_of([&] { kubo_client{options}; });
    CHECK(f.code() == errc::bad_request);
    CHECK(!has(f.message(), "X: y"));
  }
}

TEST_CASE("a connection serves one request after the other") {
  scripted_server server(answer_all);
  auto client = client_of(server);
  for (int i = 0; i < 3; ++i) client.ask({"id"}).json();
  client.ask({"block/put"}, view_of("block")).json();
  CHECK(server.connections() == 1);

  client.open({"id"}).json(); // this one has a connection of its own
  CHECK(server.connections() == 2);

  auto one = client.ask({"id"}), other = client.ask({"id"}); // replies that are read at the same time
  one.json(), other.json();
  CHECK(server.connections() == 3);
  client.ask({"id"}).json();
  CHECK(server.connections() == 3);
}

TEST_CASE("a connection is not used again after a reply that was not read, or an error") {
  scripted_server server([](scripted_connection& c) {
    c.request();
    c.send(http_reply("{\"Message\":\"not pinned\",\"Type\":\"error\"}", "500 Internal Server Error"));
    c.hang();
  });
  auto client = client_of(server);
  CHECK(failure_of([&] { client.ask({"pin/rm"}); }).code() == errc::not_found);
  CHECK(failure_of([&] { client.ask({"pin/rm"}); }).code() == errc::not_found);
  CHECK(server.connections() == 2);
}

TEST_CASE("a connection that the daemon has closed is replaced") {
  scripted_server server(answer(http_reply("{}"))); // closes behind the reply
  auto client = client_of(server);
  for (int i = 0; i < 20; ++i) client.ask({"id"}).json();
  CHECK(server.connections() == 20);
}

TEST_CASE("a request that meets the closing of its connection is sent again if it may be") {
  auto closes_at_second = [](scripted_connection& c) {
    c.request();
    c.send(http_reply("{}"));
    c.head(); // and no reply
  };
  for (bool repeatable : {true, false}) {
    scripted_server server(std::vector<server_script>{closes_at_second, answer_all});
    auto client = client_of(server);
    client.ask({"id"}).json();
    if (repeatable) {
      CHECK(client.ask({"id"}).json().is_object());
    } else {
      CHECK(failure_of([&] { client.ask({.command = "pin/rm", .repeatable = false}); }).code() == errc::unavailable);
    }
  }
}

TEST_CASE("a new connection that breaks is no reason to send a request again") {
  scripted_server server([](scripted_connection& c) { c.head(); });
  CHECK(failure_of([&] { client_of(server).ask({"id"}); }).code() == errc::unavailable);
  CHECK(server.connections() == 1);
}

TEST_CASE("a daemon that comes back at another address is found by its file") {
  temporary_directory repository;
  kubo_client client({.repository = repository.path()});
  CHECK(failure_of([&] { client.ask({"id"}); }).code() == errc::unavailable);
  for (int i = 0; i < 2; ++i) {
    scripted_server server(answer_all);
    write_file(repository / "api", server.address());
    client.ask({"id"}).json();
    client.ask({"id"}).json();
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("a daemon must be a Kubo that is new enough") {
  auto check = [](std::string reply) {
    scripted_server server(answer(std::move(reply)));
    return client_of(server).check_version();
  };
  CHECK(check(http_reply(R"({"Version": "0.30.0"})")) == "0.30.0");
  CHECK(check(http_reply(R"({"Version": "1.0.0-dev"})")) == "1.0.0-dev");
  for (auto reply : {R"({"Version": "0.29.1"})", R"({"Version": ""})", R"({"Version": "x.1"})", "{}", "[]", ""})
    CHECK(failure_of([&] { check(http_reply(reply)); }).code() == errc::unsupported);
  auto old = failure_of([&] { check(http_reply(R"({"Version": "0.9.1"})")); });
  CHECK(has(old.message(), "0.9.1 is too old"));
  CHECK(has(failure_of([&] { check(http_reply("404", "404 Not Found")); }).message(), "no Kubo"));
}

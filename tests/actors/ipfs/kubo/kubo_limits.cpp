#include "actors/ipfs/kubo/kubo_upload.hpp"
#include "tests/actors/ipfs/kubo/kubo_support.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;
using namespace std::chrono_literals;

namespace {

/// A place that takes no connection any more: its queue is full.
class full_listener {
public:
  full_listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* to = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(sockets_[0], to, size) == 0);
    REQUIRE(::listen(sockets_[0], 0) == 0);
    REQUIRE(::getsockname(sockets_[0], to, &size) == 0);
    port_ = ntohs(address.sin_port);
    for (auto i : {1, 2, 3}) ::connect(sockets_[i], to, size);
  }
  ~full_listener() {
    for (auto s : sockets_) ::close(s);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  static int make() { return ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }
  int sockets_[4] = {make(), make(), make(), make()};
  int port_ = 0;
};

void hang(scripted_connection& c) {
  c.hang();
}

} // namespace

TEST_CASE("a daemon that is not there is named, with how to start it") {
  std::string address;
  {
    scripted_server gone(hang);
    address = gone.address();
  }
  auto f = failure_of([&] { kubo_client({.api = address}).ask({"id"}); });
  CHECK(f.code() == errc::unavailable);
  CHECK(f.message().find(address) != std::string::npos);
  CHECK(f.message().find("ipfs daemon") != std::string::npos);

  auto unix_socket = failure_of([] { kubo_client({.api = "/unix/nowhere/api.sock"}).ask({"id"}); });
  CHECK(unix_socket.code() == errc::unavailable);
  CHECK(unix_socket.message().find("/unix/nowhere/api.sock") != std::string::npos);

  auto unknown = failure_of([] { kubo_client({.api = "/dns/no-such-host.invalid/tcp/5001"}).ask({"id"}); });
  CHECK(unknown.code() == errc::unavailable);
}

TEST_CASE("connecting has a limit") {
  full_listener full;
  auto f = failure_of([&] { kubo_client({.api = full.address(), .limits = {.connect = 50ms}}).ask({"id"}); });
  CHECK(f.code() == errc::unavailable);
  CHECK(f.message().find("no connection within the time") != std::string::npos);
}

TEST_CASE("a daemon that takes a request and says nothing is given up") {
  scripted_server server(hang);
  auto f = failure_of([&] { client_of(server, {.first_byte = 50ms}).ask({"id"}); });
  CHECK(f.code() == errc::expired);
  CHECK(f.message().find("did not begin to answer within 50 ms") != std::string::npos);
}

TEST_CASE("a daemon that falls silent in the midst of a reply is given up") {
  for (auto beginning : {std::string("HTTP/1.1 200 OK\r\nServ"), chunked_head(), chunked_head() + chunk("abc"),
                         chunked_head() + chunk("abc") + "0\r\nX-Stream"}) {
    scripted_server server([&](scripted_connection& c) {
      c.request();
      c.send(beginning);
      c.hang();
    });
    auto f = failure_of([&] { client_of(server, {.idle = 50ms}).ask({"id"}).json(); });
    CHECK(f.code() == errc::expired);
    CHECK(f.message().find("fell silent") != std::string::npos);
  }
}

TEST_CASE("a request has a limit for all of it, however busy the daemon looks") {
  scripted_server server([](scripted_connection& c) {
    c.request();
    c.send(chunked_head());
    for (;;) c.send(chunk("x"));
  });
  auto stream = client_of(server, {.total = 100ms}).open({"cat"});
  auto f = failure_of([&] {
    bytes content;
    while (stream.read(content)) content.clear();
  });
  CHECK(f.code() == errc::expired);
  CHECK(f.message().find("not done within 100 ms") != std::string::npos);
}

TEST_CASE("a daemon that takes nothing of an upload is given up") {
  scripted_server server([](scripted_connection& c) { c.stall(); });
  std::atomic<std::size_t> written = 0;
  auto client = client_of(server, {.idle = 100ms});
  kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
    form.file("a");
    for (bytes piece(100'000);; written += piece.size()) form.content(piece);
  });
  auto f = failure_of([&] { upload.reply().begin(); });
  CHECK(f.code() == errc::expired);
  CHECK(f.message().find("took nothing of the request for 100 ms") != std::string::npos);
  CHECK(written < 64 << 20); // what the kernel and the pipe between the threads hold, and no more
}

TEST_CASE("only the daemon's silence counts against it, not the reader's") {
  std::promise<void> wanted;
  scripted_server server([&](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + chunk("abc"));
    wanted.get_future().wait();
    c.send(chunk("def") + chunks_end());
  });
  auto stream = client_of(server, {.idle = 300ms}).open({"cat"});
  bytes content;
  CHECK(stream.read(content));
  std::promise<void> never;
  never.get_future().wait_for(350ms);
  wanted.set_value();
  while (stream.read(content)) {
  }
  CHECK(text_of(content) == "abcdef");
}

TEST_CASE("a stop ends a request at once, in every stage") {
  full_listener full;
  scripted_server silent(hang);
  scripted_server endless([](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + chunk("abc"));
    c.hang();
  });
  struct stage {
    const char* name;
    std::string address;
  };
  for (const auto& [name, address] :
       {stage{"connecting", full.address()}, stage{"waiting for the reply", silent.address()},
        stage{"waiting for more", endless.address()}}) {
    CAPTURE(name);
    std::stop_source stop;
    kubo_client client({.api = address, .limits = {.connect = 0ms, .first_byte = 0ms, .idle = 0ms}});
    auto asked = std::async(std::launch::async, [&] {
      return failure_of([&] { client.ask({.command = "cat", .stop = stop.get_token()}).content(1000); }).code();
    });
    asked.wait_for(20ms); // to be in the stage; being earlier must give the same result
    stop.request_stop();
    CHECK(asked.get() == errc::cancelled);
  }
}

TEST_CASE("a stop before the beginning sends nothing") {
  scripted_server server(hang);
  std::stop_source stop;
  stop.request_stop();
  auto client = client_of(server);
  CHECK(failure_of([&] { client.ask({.command = "id", .stop = stop.get_token()}); }).code() == errc::cancelled);
  CHECK(server.connections() == 0);
}

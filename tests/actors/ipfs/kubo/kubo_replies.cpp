#include "tests/actors/ipfs/kubo/kubo_support.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;
using namespace std::chrono_literals;

TEST_CASE("a reply of one JSON value is read, with a length or in chunks, slowly or at once") {
  std::vector<std::string> replies{http_reply(R"({"Size": "12"})"),
                                   chunked_head() + chunk(R"({"Si)") + chunk(R"(ze": 12})") + chunks_end()};
  for (const auto& reply : replies) {
    scripted_server server(std::vector<server_script>{answer(reply), [&](scripted_connection& c) {
                                                        c.request();
                                                        c.send_slowly(reply);
                                                      }});
    auto client = client_of(server);
    CHECK(number_in(client.ask({"stat"}).json(), "Size") == 12);
    CHECK(number_in(client.ask({"stat"}).json(), "Size") == 12);
  }
}

TEST_CASE("an empty reply is a null") {
  scripted_server server(answer(http_reply("")));
  CHECK(client_of(server).ask({"pubsub/pub"}).json().is_null());
}

TEST_CASE("a reply that a Continue announces is read") {
  scripted_server server(answer("HTTP/1.1 100 Continue\r\n\r\n" + http_reply("[]")));
  CHECK(client_of(server).ask({"stat"}).json().is_array());
}

TEST_CASE("an error in the trailer fails a reply whose content looks whole") {
  auto reply = chunked_head() + chunk("content") + chunks_end("X-Stream-Error: block was not found locally");
  scripted_server server(answer(reply));
  auto client = client_of(server);
  auto stream = client.open({"cat"});
  bytes content;
  CHECK(stream.read(content));
  CHECK(text_of(content) == "content");
  auto f = failure_of([&] { stream.read(content); });
  CHECK(f.code() == errc::not_found);
  CHECK(f.message().find("block was not found locally") != std::string::npos);
  CHECK(f.message().find("request cat") != std::string::npos);
}

TEST_CASE("an error in a line fails the stream after the lines before it") {
  auto reply = chunked_head() + chunk("{\"Name\": \"a\"}\n{\"Name\"") + chunk(": \"b\"}\n\n")
               + chunk("{\"Message\": \"no space left on device\", \"Code\": 0, \"Type\": \"error\"}\n") + chunks_end();
  scripted_server server(answer(reply));
  auto stream = client_of(server).open({"add"});
  CHECK(text_in(stream.next_line().value(), "Name") == "a");
  CHECK(text_in(stream.next_line().value(), "Name") == "b");
  CHECK(failure_of([&] { stream.next_line(); }).code() == errc::storage_full);
}

TEST_CASE("a stream of lines ends at its end, with or without a last line's end") {
  for (std::string end : {"", "\n"}) {
    scripted_server server(answer(chunked_head() + chunk("{\"a\": 1}\n{\"a\": 2}" + end) + chunks_end()));
    auto stream = client_of(server).open({"ls"});
    CHECK(number_in(stream.next_line().value(), "a") == 1);
    CHECK(number_in(stream.next_line().value(), "a") == 2);
    CHECK(!stream.next_line());
    CHECK(!stream.next_line());
  }
}

TEST_CASE("a line of megabytes is read, and one without end is refused") {
  scripted_server server(std::vector<server_script>{
      answer(http_reply("{\"a\": \"" + std::string(5 << 20, 'x') + "\"}\n{}\n")), [](scripted_connection& c) {
        c.request();
        c.send(chunked_head());
        for (;;) c.send(chunk(std::string(1 << 20, 'x')));
      }});
  auto client = client_of(server);
  auto stream = client.open({"ls"});
  CHECK(text_in(stream.next_line().value(), "a").size() == 5 << 20);
  CHECK(stream.next_line());
  auto endless = client.open({"ls"});
  auto f = failure_of([&] { endless.next_line(); });
  CHECK(f.code() == errc::io_error);
  CHECK(f.message().find("16 MiB") != std::string::npos);
}

TEST_CASE("a reply that is cut off is never taken for whole") {
  std::vector<std::string> whole{http_reply("{\"Size\": 12}\n"),
                                 chunked_head() + chunk("{\"Size\":") + chunk(" 12}\n") + chunks_end("X-Other: 1")};
  for (const auto& reply : whole) {
    for (std::size_t size = 0; size < reply.size(); ++size) {
      CAPTURE(reply.substr(0, size));
      CHECK(failure_of_reply(reply.substr(0, size)).code() == errc::unavailable);
    }
  }
}

TEST_CASE("a reset connection is told apart from an end") {
  scripted_server server([](scripted_connection& c) {
    c.request();
    c.send(chunked_head() + chunk("abc"));
    c.head(); // never comes: the client resets first, or this ends with it
  });
  scripted_server resetting([](scripted_connection& c) {
    c.request();
    c.reset();
  });
  auto f = failure_of([&] { client_of(resetting).ask({"stat"}); });
  CHECK(f.code() == errc::unavailable);
  CHECK(f.message().find("before it answered") != std::string::npos);
}

TEST_CASE("a reply whose end cannot be told from a cut is refused") {
  auto f = failure_of_reply("HTTP/1.1 200 OK\r\n\r\n{\"Size\": 1}");
  CHECK(f.code() == errc::io_error);
  CHECK(f.message().find("neither a length nor chunks") != std::string::npos);
}

TEST_CASE("what is no HTTP is refused with a word about the address") {
  std::string huge_head = "HTTP/1.1 200 OK\r\nX: " + std::string(100 << 10, 'x');
  std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::vector<std::string> no_http{"SSH-2.0-OpenSSH_9.2\r\n",  std::string("\0\x01\x02\x03\r\n\r\n", 8),
                                   "HTTP/1.1 2000 OK\r\n\r\n", huge_head + "\r\n\r\n",
                                   chunked + "zz\r\n",         chunked + "5;" + std::string(100 << 10, 'x')};
  for (const auto& garbage : no_http) {
    CAPTURE(garbage.substr(0, 60));
    auto f = failure_of_reply(garbage);
    CHECK(f.code() == errc::io_error);
    CHECK(f.message().find("address") != std::string::npos);
  }
}

TEST_CASE("an announced length takes no memory before it comes") {
  auto f = failure_of_reply("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nabc");
  CHECK(f.code() == errc::unavailable);
}

TEST_CASE("a reply that is no JSON is refused, and quoted so that it does no harm") {
  auto f = failure_of_reply(http_reply("<html>\x1b[2J</html>"));
  CHECK(f.code() == errc::io_error);
  CHECK(f.message().find("no JSON") != std::string::npos);
  CHECK(f.message().find('\x1b') == std::string::npos);
}

TEST_CASE("every refusal by status has words that say what to do") {
  struct expected {
    std::string reply;
    errc code;
    std::string_view words;
  };
  auto error = [](std::string_view message) {
    return http_reply("{\"Message\":\"" + std::string(message) + "\",\"Code\":0,\"Type\":\"error\"}\n",
                      "500 Internal Server Error");
  };
  for (const auto& [reply, code, words] : {
           expected{http_reply("403 - Forbidden", "403 Forbidden"), errc::not_granted, "token"},
           expected{http_reply("404 page not found", "404 Not Found"), errc::unsupported, "too old"},
           expected{http_reply("", "405 Method Not Allowed"), errc::unsupported, "gateway"},
           expected{http_reply("", "301 Moved"), errc::unsupported, "301"},
           expected{http_reply("busy", "429 Too Many Requests"), errc::overloaded, "later"},
           expected{http_reply("", "502 Bad Gateway"), errc::unavailable, "502"},
           expected{http_reply("argument \"key\" is required", "400 Bad Request"), errc::bad_request, "required"},
           expected{http_reply("", "500 Internal Server Error"), errc::io_error, "without a word"},
           expected{error("path 'Qm' is not pinned"), errc::not_found, "not pinned"},
           expected{error("block was not found locally (offline): ipld: could not find Qm"), errc::not_found, "Qm"},
           expected{error("invalid path \\\"x\\\": invalid cid: cid too short"), errc::bad_request, "too short"},
           expected{error("experimental pubsub feature not enabled"), errc::unsupported, "Pubsub.Enabled"},
           expected{error("context deadline exceeded"), errc::not_found, "in the time"},
           expected{error("\\u001b[31msomething new"), errc::io_error, " [31msomething new"},
       }) {
    auto f = failure_of_reply(reply);
    CAPTURE(f.message());
    CHECK(f.code() == code);
    CHECK(f.message().find(words) != std::string::npos);
    CHECK(f.message().find("request stat") != std::string::npos);
  }
}

TEST_CASE("content that is longer than it can be is refused") {
  scripted_server server(answer(http_reply(std::string(3000, 'x'))));
  auto client = client_of(server);
  CHECK(client.ask({"block/get"}).content(3000).size() == 3000);
  CHECK(failure_of([&] { client.ask({"block/get"}).content(2999); }).code() == errc::io_error);
}

TEST_CASE("members of a reply may be missing, null, or of another type") {
  scripted_server server(answer(http_reply(R"({"a": null, "b": "x", "c": 7, "d": -1, "e": {"/": "Qm"}, "f": "9"})")));
  auto value = client_of(server).ask({"x"}).json();
  CHECK(text_in(value, "a").empty());
  CHECK(text_in(value, "b") == "x");
  CHECK(text_in(value, "c").empty());
  CHECK(text_in(value, "none").empty());
  CHECK(number_in(value, "a") == 0);
  CHECK(number_in(value, "b") == 0);
  CHECK(number_in(value, "c") == 7);
  CHECK(number_in(value, "d") == 0);
  CHECK(number_in(value, "f") == 9);
  CHECK(cid_in(value, "e") == "Qm");
  CHECK(cid_in(value, "b") == "x");
  CHECK(text_in(boost::json::value(nullptr), "a").empty());
}

#include "actors/ipfs/kubo/kubo_upload.hpp"
#include "tests/actors/ipfs/kubo/kubo_support.hpp"

using namespace pillar;
using namespace pillar::test;
using namespace ipfs::engine;
using namespace std::chrono_literals;

namespace {

std::string form_of(const std::function<void(multipart_writer&)>& write, std::string& boundary) {
  std::string out;
  multipart_writer form([&](bytes_view piece) { out += text_of(piece); });
  boundary = form.content_type().substr(form.content_type().find('=') + 1);
  write(form);
  form.finish();
  return out;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at; (at = text.find(what)) != text.npos;) text.replace(at, what.size(), by);
}

constexpr auto done = "{\"Name\":\"a\",\"Hash\":\"Qm\",\"Size\":\"1\"}\n";

} // namespace

TEST_CASE("files, directories and links have the form that Kubo reads") {
  std::string boundary;
  auto form = form_of(
      [](multipart_writer& to) {
        to.directory("dir");
        to.file("dir/a b.txt", "/home/x/dir/a b.txt");
        to.content(view_of("con"));
        to.content(view_of("tent"));
        to.symlink("dir/link", "../\n");
        to.file("dir/\"\r\n%\xff");
      },
      boundary);
  CHECK(boundary.size() <= 70); // RFC 2046
  replace_all(form, boundary, "B");
  CHECK(form
        == "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dir\"\r\n"
           "Content-Type: application/x-directory\r\n\r\n"
           "\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dir%2Fa%20b.txt\"\r\n"
           "Content-Type: application/octet-stream\r\nAbspath-Encoded: %2Fhome%2Fx%2Fdir%2Fa%20b.txt\r\n\r\n"
           "content"
           "\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dir%2Flink\"\r\n"
           "Content-Type: application/symlink\r\n\r\n../\n"
           "\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dir%2F%22%0D%0A%25%FF\"\r\n"
           "Content-Type: application/octet-stream\r\n\r\n"
           "\r\n--B--\r\n");
  std::string other;
  form_of([](multipart_writer&) {}, other);
  CHECK(other != boundary);
}

TEST_CASE("an upload arrives whole, in chunks, on a connection of its own") {
  std::string seen;
  auto content = noise(3'000'000);
  {
    scripted_server server([&](scripted_connection& c) {
      seen = c.request();
      c.send(chunked_head() + chunk(done) + chunks_end());
    });
    auto client = client_of(server);
    kubo_upload upload(client, {"add", {{"pin", "true"}}}, [&](multipart_writer& form) {
      form.file("a");
      for (std::size_t at = 0; at < content.size(); at += 70'001)
        form.content(view_of(std::string_view(content).substr(at, 70'001)));
    });
    CHECK(text_in(upload.reply().next_line().value(), "Hash") == "Qm");
    CHECK(!upload.reply().next_line());
  }
  CHECK(seen.starts_with("POST /api/v0/add?pin=true HTTP/1.1\r\n"));
  CHECK(seen.find("Content-Type: multipart/form-data; boundary=") != seen.npos);
  CHECK(seen.find("Connection: close\r\n") != seen.npos);
  CHECK(seen.find("\r\n\r\n" + content + "\r\n--") != seen.npos);
}

TEST_CASE("replies that pile up while an upload goes on block neither side") {
  constexpr int lines = 20'000; // far more than the sockets hold
  scripted_server server([&](scripted_connection& c) {
    c.head();
    c.send(chunked_head());
    for (int i = 0; i < lines; ++i) c.send(chunk("{\"Name\":\"" + std::string(500, 'x') + "\",\"Bytes\":1}\n"));
    std::string tail;
    while (!tail.ends_with("0\r\n\r\n")) {
      tail += c.some();
      if (tail.size() > 100) tail.erase(0, tail.size() - 100);
    }
    c.send(chunk(done) + chunks_end());
  });
  auto client = client_of(server);
  kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
    form.file("a");
    for (int i = 0; i < 100; ++i) form.content(bytes(100'000));
  });
  int count = 0;
  while (auto line = upload.reply().next_line()) ++count;
  CHECK(count == lines + 1);
}

TEST_CASE("an error that the daemon answers before the upload's end is the upload's") {
  for (bool reads : {true, false}) {
    scripted_server server([&](scripted_connection& c) {
      c.head();
      c.send(http_reply("{\"Message\":\"no space left on device\",\"Type\":\"error\"}", "500 Internal Server Error"));
      if (reads) c.hang();
    });
    auto client = client_of(server);
    kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
      form.file("a");
      for (bytes piece(100'000);;) form.content(piece);
    });
    CHECK(failure_of([&] { upload.reply().next_line(); }).code() == errc::storage_full);
  }
}

TEST_CASE("an error in the midst of an upload ends it, and the daemon sees that it is not whole") {
  std::string seen;
  {
    scripted_server server([&](scripted_connection& c) {
      c.head();
      for (;;) seen += c.some();
    });
    auto client = client_of(server);
    kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
      form.file("a");
      form.content(bytes(100'000));
      throw failure(errc::io_error, "the disk is broken");
    });
    CHECK(failure_of([&] { upload.reply().next_line(); }).message() == "the disk is broken");
  }
  CHECK(seen.find("\r\n0\r\n\r\n") == seen.npos);
}

TEST_CASE("a daemon that ends its reply before the upload's end has not stored it") {
  scripted_server server([](scripted_connection& c) {
    c.head();
    c.send(chunked_head() + chunk(done) + chunks_end());
    c.hang();
  });
  auto client = client_of(server);
  kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
    form.file("a");
    for (bytes piece(100'000);;) form.content(piece);
  });
  auto f = failure_of([&] {
    while (upload.reply().next_line()) {
    }
  });
  CHECK(f.code() == errc::unavailable);
  CHECK(f.message().find("before it had taken the whole request") != std::string::npos);
}

TEST_CASE("a connection that breaks in the midst of an upload fails it") {
  for (bool reset : {true, false}) {
    scripted_server server([&](scripted_connection& c) {
      c.head();
      c.some();
      if (reset) c.reset();
    });
    auto client = client_of(server);
    kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
      form.file("a");
      for (bytes piece(100'000);;) form.content(piece);
    });
    auto f = failure_of([&] { upload.reply().next_line(); });
    CHECK(f.code() == errc::unavailable);
    CHECK(f.message().find("before it had taken the whole request") != std::string::npos);
  }
}

TEST_CASE("a stopped upload closes its connection") {
  std::stop_source stop;
  scripted_server server([&](scripted_connection& c) {
    c.head();
    stop.request_stop();
    c.hang();
  });
  auto client = client_of(server);
  kubo_upload upload(client, {.command = "add", .stop = stop.get_token()}, [&](multipart_writer& form) {
    form.file("a");
    for (bytes piece(100'000);;) form.content(piece);
  });
  CHECK(failure_of([&] { upload.reply().next_line(); }).code() == errc::cancelled);
}

TEST_CASE("a stop meets an upload whose source has nothing to give") {
  std::stop_source stop;
  scripted_server server([&](scripted_connection& c) {
    c.head();
    stop.request_stop();
    c.hang();
  });
  auto client = client_of(server);
  byte_pipe slow(10);
  kubo_upload upload(client, {.command = "add", .stop = stop.get_token()}, [&](multipart_writer& form) {
    form.file("a");
    bytes piece(10);
    while (auto size = slow.read(piece, stop.get_token())) form.content(bytes_view(piece).first(size));
  });
  CHECK(failure_of([&] { upload.reply().next_line(); }).code() == errc::cancelled);
}

TEST_CASE("an upload that nobody reads to its end leaves no thread behind") {
  scripted_server server([](scripted_connection& c) { c.hang(); });
  auto client = client_of(server);
  kubo_upload upload(client, {"add"}, [&](multipart_writer& form) {
    for (bytes piece(100'000);;) form.content(piece);
  });
}

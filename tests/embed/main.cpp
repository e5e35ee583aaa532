/// An application of its own: an interface, a worker and a plugin beside Pillar's, in nodes that leave it its main
/// thread.
#include <pillar/pillar.hpp>

#include <boost/describe/class.hpp>

#include <filesystem>
#include <future>
#include <iostream>
#include <random>
#include <span>

namespace guestbook {

/// Writes a line and answers its number, which is greater than those before. Errors: bad_request (empty).
struct sign {
  using reply = std::uint64_t;
  std::string line;
};
BOOST_DESCRIBE_STRUCT(sign, (), (line))

struct service : pillar::interface<"guestbook", sign> {};

class keeper : public pillar::worker<keeper, service, pillar::needs<pillar::db::documents>> {
public:
  explicit keeper(const context& ctx) : worker(ctx) {}

  pillar::task<std::uint64_t> on(sign request) {
    if (request.line.empty()) throw pillar::failure(pillar::errc::bad_request, "the line is empty: write something");
    auto data = std::as_bytes(std::span(request.line));
    co_return co_await ask(pillar::db::put{.key = "line", .value = {data.begin(), data.end()}});
  }
};

/// Signs the book and keeps the line in IPFS.
class visitor : public pillar::plugin<visitor, pillar::needs<service, pillar::ipfs::service>> {
public:
  visitor(const context& ctx, std::shared_ptr<std::promise<std::string>> done) : plugin(ctx), done_(std::move(done)) {}

  pillar::task<> run() {
    auto number = co_await ask(sign{.line = "I was here"});
    auto kept = co_await ask(pillar::ipfs::add_str{.text = "I was here"});
    done_->set_value(std::to_string(number) + " " + kept.text);
  }

private:
  std::shared_ptr<std::promise<std::string>> done_;
};

} // namespace guestbook

/// One life of a node: what its visitor did.
std::string visit(const std::filesystem::path& data) {
  pillar::configuration settings;
  settings.set("node.data", data.string());
  pillar::node node{settings};
  pillar::provide_standard_workers(node);
  node.provide<guestbook::keeper>({});
  auto done = std::make_shared<std::promise<std::string>>();
  node.spawn<guestbook::visitor>("visitor", done);
  node.start(); // returns: the main thread stays the application's
  auto refused = node.try_ask(guestbook::sign{.line = ""});
  if (refused) throw std::runtime_error("an empty line was accepted");
  return done->get_future().get(); // ~node stops it
}

int main() {
  auto data = std::filesystem::temp_directory_path() / ("pillar-embed-" + std::to_string(std::random_device{}()));
  auto first = visit(data), second = visit(data); // another node on the same data
  std::filesystem::remove_all(data);
  std::cout << first << "\n" << second << "\n";
  bool grows = std::stoull(first) < std::stoull(second);
  return grows && second.substr(second.find(" Qm")) == first.substr(first.find(" Qm")) ? 0 : 1;
}

// Plain CAF actors ask Pillar's workers, and serve Pillar's asks.
#include "runtime/auto_reset_event.hpp"
#include "tests/runtime/lab.hpp"

#include <caf/event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace pillar;
using namespace pillar::testing;

namespace {

struct fixture {
  caf::actor worker() { return caf::actor_cast<caf::actor>((*n->services().route_of("lab")->current())[0].worker); }
  /// Asks the lab as a plain CAF actor.
  template <class Request> std::shared_ptr<std::string> request(Request r, envelope head = {}) {
    auto outcome = std::make_shared<std::string>("no answer");
    n->system().spawn([=, to = worker()](caf::event_based_actor* self) {
      self->request(to, 10s, head, r)
          .then([=](const std::string& reply) { *outcome = reply; },
                [=](const caf::error& e) { *outcome = to_string(from_caf_error(e)); });
    });
    n.run();
    return outcome;
  }
  void provide() {
    n->provide<lab_worker>({}, lab);
    n->start();
  }
  /// Lets a plain CAF actor serve the lab's requests.
  caf::actor serve(std::function<caf::behavior(caf::event_based_actor*)> behavior) {
    n->learn<lab::service>();
    n->start();
    auto served = n->system().spawn(std::move(behavior));
    n->services().route_of("lab")->add({caf::actor_cast<caf::strong_actor_ptr>(served), actor_name{"plain"}, true});
    return served;
  }
  ~fixture() {
    for (auto& p : *n->services().route_of("lab")->all()) caf::anon_send_exit(p.worker, caf::exit_reason::kill);
    for (auto& p : *n->services().route_of("lab")->all()) n->services().route_of("lab")->remove(p.worker.get());
    n.run();
  }
  shared_conduct lab = make_conduct();
  deterministic_node n;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "a plain CAF actor asks a worker with CAF's request") {
  provide();
  envelope head;
  head.sender = actor_name{"plain"};
  CHECK(*request(lab::echo{"hello"}, head) == "hello");
  CHECK(lab->head->sender == actor_name{"plain"});
}

TEST_CASE_FIXTURE(fixture, "a plain CAF actor gets a failure as a caf::error") {
  provide();
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    throw failure(errc::not_found, "no " + text);
    co_return "";
  };
  CHECK(*request(lab::echo{"x"}) == "not_found: no x");
}

TEST_CASE_FIXTURE(fixture, "a plain CAF actor hears that its worker was killed") {
  provide();
  lab->echo = [](lab_worker&, std::string text) -> task<std::string> {
    co_await sleep_for(1h);
    co_return text;
  };
  auto outcome = request(lab::echo{"x"});
  n.kill("lab");
  n.run();
  CHECK(outcome->starts_with("abandoned"));
}

TEST_CASE_FIXTURE(fixture, "work that ends itself because its time is over is told as expired") {
  provide();
  lab->echo = [](lab_worker&, std::string) -> task<std::string> {
    auto_reset_event over;
    std::stop_callback tell(co_await own_stop_token{}, over.setter());
    co_await over.wait();
    throw failure(errc::cancelled, "it was stopped");
  };
  envelope head;
  head.deadline = n.now() + 5s; // earlier than CAF's own limit
  auto outcome = request(lab::echo{"x"}, head);
  n.advance(5s);
  CHECK(*outcome == "expired: it was stopped");
}

TEST_CASE_FIXTURE(fixture, "a request of another interface, and a message that is none, are answered as unknown") {
  provide();
  CHECK(request(front::relay{"x"})->starts_with("unknown_request"));
  auto outcome = std::make_shared<std::string>("no answer");
  n->system().spawn([=, to = worker()](caf::event_based_actor* self) {
    self->request(to, 10s, std::string("hello"))
        .then([=](const std::string& reply) { *outcome = reply; },
              [=](const caf::error& e) { *outcome = to_string(from_caf_error(e)); });
  });
  n.run();
  CHECK(*outcome == "unknown_request: this actor does not know the message");
  CHECK(*request(lab::echo{"still there"}) == "still there");
}

TEST_CASE_FIXTURE(fixture, "a message that others hold too is not emptied by the worker that serves it") {
  provide();
  auto shared = caf::make_message(envelope{}, lab::echo{"shared"});
  auto copy = shared;
  auto outcome = std::make_shared<std::string>("no answer");
  n->system().spawn([=, to = worker()](caf::event_based_actor* self) {
    self->request(to, 10s, shared).then([=](const std::string& reply) { *outcome = reply; });
  });
  n.run();
  CHECK(*outcome == "shared");
  CHECK(copy.get_as<lab::echo>(1).text == "shared");
}

TEST_CASE_FIXTURE(fixture, "errors, exits of others and foreign messages do not end a worker") {
  provide();
  caf::anon_send(worker(), std::string("what?"));
  caf::anon_send(worker(), caf::make_error(caf::sec::runtime_error));
  caf::anon_send(worker(), caf::down_msg{worker().address(), caf::exit_reason::kill});
  caf::anon_send_exit(worker(), caf::exit_reason::normal);
  n.run();
  CHECK(*request(lab::echo{"alive"}) == "alive");
}

TEST_CASE_FIXTURE(fixture, "a plain CAF actor serves an ask") {
  serve([](caf::event_based_actor*) -> caf::behavior {
    return {[](const envelope& head, const lab::echo& request) {
      return request.text + " for " + std::string(head.sender.view());
    }};
  });
  auto asked = n.start_ask(lab::echo{"tea"}, "ann");
  n.run();
  CHECK(*asked == "tea for ann/1");
  CHECK(n->ask(lab::echo{"tea"}, {.as = "bob"}) == "tea for bob");
}

TEST_CASE_FIXTURE(fixture, "a plain CAF actor answers with an error, with something else, or not at all") {
  serve([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::drop); // answers what it does not know without printing it
    return {[self](const envelope&, const lab::echo& request) -> caf::result<std::string> {
              if (request.text == "failure") return to_caf_error({errc::conflict, "revision 7"});
              if (request.text == "sec") return caf::make_error(caf::sec::cannot_connect_to_node, "b");
              static_cast<void>(self->make_response_promise());
              return caf::delegated<std::string>{};
            },
            [](const envelope&, const lab::repeat&) { return 42; }};
  });
  auto failed = n.start_ask(lab::echo{"failure"});
  auto caf_failed = n.start_ask(lab::echo{"sec"});
  auto other = n.start_ask(lab::repeat{"x"});
  auto silent = n.start_ask(lab::echo{"silent"}, "test", 5s);
  auto unknown = n.start_ask(lab::note{"x"});
  n.run();
  CHECK(failed.get().error() == failure{errc::conflict, "revision 7"});
  CHECK(caf_failed.error() == "unavailable");
  CHECK(other.message() == "plain answered lab.repeat with something else than its reply");
  CHECK(other.error() == "incompatible");
  CHECK(unknown.error() == "unknown_request");
  CHECK_FALSE(silent.ready());
  n.advance(5s);
  CHECK(silent.error() == "expired");
  CHECK(silent.message().find("lab.echo at plain") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a plain CAF actor that is dead makes an ask unavailable at once") {
  auto served = serve([](caf::event_based_actor*) -> caf::behavior { return {[](const envelope&, int) {}}; });
  caf::anon_send_exit(served, caf::exit_reason::kill);
  n.run();
  auto asked = n.start_ask(lab::echo{"x"});
  auto again = n.start_ask(lab::repeat{"x"}, "test", 5s);
  for (int i = 0; i < 1000 && n.step(); ++i) {
  }
  CHECK(asked.message() == "plain ended before it reached lab.echo");
  CHECK(again.ready());
  CHECK(again.error() == "unavailable");
}

TEST_CASE_FIXTURE(fixture, "a reply that comes without a request is ignored") {
  provide();
  auto forged = caf::make_mailbox_element(nullptr, caf::make_message_id(77).response_id(), {}, std::string("forged"));
  worker()->enqueue(std::move(forged), nullptr);
  n.run();
  CHECK(*request(lab::echo{"alive"}) == "alive");
}

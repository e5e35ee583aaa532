#include "tests/runtime/lab.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace pillar::testing;

namespace {

using asker = script<lab::echoes, front::service>;

struct fixture {
  explicit fixture(std::vector<std::string> grants = {"lab.echoes", "front.service"}) {
    auto c = deterministic_node::quiet_settings();
    c.set("plugins.notary.grants", written_value(grants));
    n.emplace(0, c);
    (*n)->provide<lab_worker>({}, make_conduct());
    (*n)->provide<front_worker>({}, make_conduct());
  }
  /// What spawning and starting the plugin came to.
  std::string outcome() {
    try {
      (*n)->spawn<asker>("notary", asker::lines{[](asker& self) -> task<> { co_await self.ask(lab::echo{"a"}); }});
      (*n)->start();
      n->run();
      return "runs";
    } catch (const failure& f) {
      CHECK(f.code() == errc::not_granted);
      return f.message();
    }
  }
  std::optional<deterministic_node> n;
};

} // namespace

TEST_CASE("a plugin that is granted what it needs runs") {
  CHECK(fixture{}.outcome() == "runs");
}

TEST_CASE("a grant of the whole interface, by its name or as its service, covers a narrow need") {
  CHECK(fixture{{"lab", "front"}}.outcome() == "runs");
  CHECK(fixture{{"lab.service", "front.service"}}.outcome() == "runs");
}

TEST_CASE("a plugin that needs more than it is granted is refused at the start, naming the missing grant") {
  CHECK(fixture{{"lab.echoes"}}.outcome()
        == "plugin notary needs front.service, which plugins.notary.grants (application) does not grant: add "
           "\"front.service\" to it");
}

TEST_CASE("a grant of something narrower, or of nothing, does not cover a need") {
  CHECK(fixture{{"front.service", "lab.repeats"}}.outcome().find("needs lab.echoes") != std::string::npos);
  CHECK(fixture{{}}.outcome().find("needs lab.echoes") != std::string::npos);
}

TEST_CASE("a plugin that comes after the start is refused when it is spawned, and its name stays free") {
  fixture f{{"lab"}};
  (*f.n)->start();
  CHECK(f.outcome().find("needs front.service") != std::string::npos);
  CHECK(f.outcome().find("needs front.service") != std::string::npos);
}

TEST_CASE("a plugin whose grants are not configured may use what it needs") {
  deterministic_node n;
  n->provide<lab_worker>({}, make_conduct());
  n->provide<front_worker>({}, make_conduct());
  bool ran = false;
  n->spawn<asker>("notary", asker::lines{[&](asker&) -> task<> {
                    ran = true;
                    co_return;
                  }});
  n->start();
  n.run();
  CHECK(ran);
}

TEST_CASE("a refused start of a plugin leaves nothing running") {
  fixture f{{"lab"}};
  CHECK(f.outcome().find("needs front.service") != std::string::npos);
  CHECK_FALSE((*f.n)->started());
}

TEST_CASE("the refusal says where the grants are written") {
  auto c = deterministic_node::quiet_settings();
  c.read_arguments({"--plugins.notary.grants=lab"});
  deterministic_node n{0, c};
  n->provide<lab_worker>({}, make_conduct());
  n->provide<front_worker>({}, make_conduct());
  n->spawn<asker>("notary", asker::lines{});
  CHECK_THROWS_WITH_AS(n->start(),
                       "plugin notary needs front.service, which plugins.notary.grants (command line) does not grant: "
                       "add \"front.service\" to it",
                       failure);
}

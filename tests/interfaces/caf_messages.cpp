// Pillar's values inside CAF's own messages and serializers, as plain CAF actors and the network use them.
#include "interfaces/wire.hpp"

#include "interfaces/ipfs.hpp"
#include "tests/interfaces/samples.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/make_message.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <doctest/doctest.h>

using namespace pillar;
using namespace std::chrono_literals;

template struct pillar::wire<sample::service>;

namespace {

/// A system that knows the sample's types, without threads and with virtual time.
struct caf_side {
  caf_side() : system(prepare(settings)) { clock().current_time += 1h; }
  static caf::actor_system_config& prepare(caf::actor_system_config& c) {
    c.set("scheduler.policy", caf::atom("testing"));
    add_common_types(c);
    add_type<sample::point>(c, "sample.point");
    for (auto& row : wire<sample::service>::table) row.add_to(c);
    for (auto& row : wire<ipfs::service>::table) row.add_to(c);
    return c;
  }
  caf::detail::test_actor_clock& clock() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).clock();
  }

  std::vector<char> written(caf::message& m) {
    std::vector<char> data;
    caf::binary_serializer sink{system, data};
    REQUIRE_FALSE(sink(m));
    return data;
  }
  caf::error read(const std::vector<char>& data, caf::message& into) {
    caf::binary_deserializer source{system, data};
    return into.load(source); // source(into) would forget an error
  }

  caf::actor_system_config settings;
  caf::actor_system system;
};

const envelope head{.deadline = instant::max(), .trace = 7, .caller = actor_name{"notary"}, .sender = actor_name{"db"}};

} // namespace

TEST_CASE("a message of envelope and request crosses CAF's serializer") {
  caf_side here, there;
  auto sent = caf::make_message(head, sample::price{{1, 2}, "summer"});
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(sent), arrived));
  REQUIRE(arrived.match_elements<envelope, sample::price>());
  CHECK(arrived.get_as<envelope>(0).trace == 7);
  CHECK(arrived.get_as<envelope>(0).caller == actor_name{"notary"});
  CHECK(arrived.get_as<envelope>(0).sender == actor_name{"db"});
  CHECK(arrived.get_as<sample::price>(1).at == sample::point{1, 2});
  CHECK(arrived.get_as<sample::price>(1).coupon == "summer");
}

TEST_CASE("on the wire an envelope holds the time that is left, by the actor system's clock") {
  caf_side here, there;
  there.clock().current_time += 1000h;
  auto timed = head;
  timed.deadline = here.clock().now() + 10s;
  auto sent = caf::make_message(timed, sample::forget{});
  here.clock().current_time += 4s;
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(sent), arrived));
  CHECK(arrived.get_as<envelope>(0).deadline == there.clock().now() + 6s);
}

TEST_CASE("a packed request is the same to CAF as a message made by CAF") {
  caf_side here, there;
  sample::price request{{1, 2}, {}};
  auto letter = info<sample::service, sample::price>().pack(&request);
  envelope_of(*letter) = head;
  auto packed = letter->content().size() == 2 ? letter->move_content_to_message() : caf::message{};
  auto made = caf::make_message(head, sample::price{{1, 2}, {}});
  CHECK(here.written(packed) == here.written(made));
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(packed), arrived));
  CHECK(arrived.match_elements<envelope, sample::price>());
}

TEST_CASE("replies cross CAF's serializer: structures, trees, integers, lists of stream items") {
  caf_side here, there;
  auto check = [&]<class T>(const T& value) {
    auto sent = caf::make_message(value);
    caf::message arrived;
    REQUIRE_FALSE(there.read(here.written(sent), arrived));
    REQUIRE(arrived.match_elements<T>());
    CHECK(arrived.get_as<T>(0) == value);
  };
  check(sample::branch{"root", {{"leaf"}}});
  check(ipfs::cid{"Qm"});
  check(std::uint64_t{42});
  check(ipfs::node_stat{.id = {"Qm"}, .kind = ipfs::kind::directory, .size = 1});
}

TEST_CASE("an answer that Pillar packed is read by CAF and the other way round") {
  caf_side here, there;
  auto& row = info<sample::service, sample::draw>();
  result<sample::branch> given{sample::branch{"root", {{"leaf"}}}};
  auto reply = row.answer(&given)->move_content_to_message();
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(reply), arrived));
  CHECK(arrived.get_as<sample::branch>(0) == sample::branch{"root", {{"leaf"}}});
  std::optional<sample::branch> opened;
  caf::message_handler unused;
  auto element = caf::make_mailbox_element(nullptr, {}, {}, arrived);
  REQUIRE(row.open(element->content(), &opened));
  CHECK(opened->below.size() == 1);
}

TEST_CASE("the items of a stream cross CAF's serializer") {
  caf_side here, there;
  caf::message sent = reply_letter<std::vector<sample::point>>{{{1, 2}, {3, 4}}}.move_content_to_message();
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(sent), arrived));
  REQUIRE(arrived.match_elements<std::vector<sample::point>>());
  CHECK(arrived.get_as<std::vector<sample::point>>(0).back() == sample::point{3, 4});
}

TEST_CASE("doubles that are not finite cross CAF's serializer inside structures") {
  caf_side here, there;
  auto infinity = std::numeric_limits<double>::infinity();
  auto sent = caf::make_message(sample::point{infinity, -0.0});
  caf::message arrived;
  REQUIRE_FALSE(there.read(here.written(sent), arrived));
  CHECK(arrived.get_as<sample::point>(0).x == infinity);
  CHECK(std::signbit(arrived.get_as<sample::point>(0).y));
}

TEST_CASE("a message that is cut at any byte is an error and no crash") {
  caf_side here, there;
  auto sent = caf::make_message(head, sample::price{{1, 2}, "summer"});
  auto whole = here.written(sent);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    caf::message arrived;
    CHECK(there.read({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}, arrived));
  }
}

TEST_CASE("a message with any bit flipped is read or refused, and no crash") {
  caf_side here, there;
  auto sent = caf::make_message(head, sample::price{{1, 2}, "summer"});
  const auto whole = here.written(sent);
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto data = whole;
      data[at] = static_cast<char>(data[at] ^ (1 << bit));
      caf::message arrived;
      static_cast<void>(there.read(data, arrived));
    }
}

TEST_CASE("a forged length of a block reserves little and is refused") {
  caf_side there;
  std::vector<char> data{'\xff', '\xff', '\xff', '\xff', '\xff', '\x7f', 'x'}; // 4 TiB in CAF's own length format
  caf::binary_deserializer source{there.system, data};
  sample::point into;
  auto e = load(into, source);
  REQUIRE(e);
  CHECK(from_caf_error(e) == failure{errc::bad_request, "the data ends too early"});
}

TEST_CASE("CAF shows a request as JSON") {
  CHECK(caf::to_string(caf::make_message(sample::draw{sample::colour::blue})) == R"(("{\"with\":\"blue\"}"))");
  sample::draw request{sample::colour::green};
  auto letter = info<sample::service, sample::draw>().pack(&request);
  CHECK(letter->content().stringify(1) == R"({"with":"green"})");
}

TEST_CASE("two types that cross the wire under one name are refused") {
  caf::actor_system_config settings;
  add_type<sample::point>(settings, "sample.point");
  CHECK_NOTHROW(add_type<sample::point>(settings, "sample.point"));
  CHECK_THROWS_WITH_AS(add_type<sample::branch>(settings, "sample.point"),
                       "two types that cross the wire are both named sample.point", std::logic_error);
}

TEST_CASE("a type that CAF has built in keeps CAF's name") {
  caf::actor_system_config settings;
  auto before = settings.type_names_by_rtti.size();
  add_type<std::uint64_t>(settings, "sample.number");
  CHECK(settings.type_names_by_rtti.size() == before);
}

TEST_CASE("requests, replies and envelopes have their stable names on the wire") {
  caf::actor_system_config settings;
  caf_side::prepare(settings);
  auto named = [&](const std::type_info& type) {
    auto found = settings.type_names_by_rtti.find(std::type_index(type));
    return found == settings.type_names_by_rtti.end() ? std::string("none") : found->second;
  };
  CHECK(named(typeid(envelope)) == "pillar.envelope");
  CHECK(named(typeid(stream_pull)) == "pillar.stream_pull");
  CHECK(named(typeid(sample::price)) == "sample.price");
  CHECK(named(typeid(sample::branch)) == "sample.branch");
  CHECK(named(typeid(std::vector<sample::point>)) == "list(sample.point)");
  CHECK(named(typeid(ipfs::cid)) == "ipfs.cid");
}

#include "interfaces/json.hpp"

#include "interfaces/ipfs.hpp"
#include "tests/interfaces/samples.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace pillar;
namespace json = boost::json;

namespace {

template <class T> std::string json_text(const T& x) {
  return json::serialize(to_json(x));
}
template <class T> T parsed(std::string_view text) {
  return from_json<T>(json::parse({text.data(), text.size()}));
}
/// The refusal of the text, or "taken".
template <class T> std::string refusal(std::string_view text) {
  try {
    parsed<T>(text);
    return "taken";
  } catch (const failure& f) {
    CHECK(f.code() == errc::bad_request);
    return f.message();
  }
}

struct links {
  std::vector<sample::branch> links = {};
  std::map<std::string, sample::point> places = {};
};
BOOST_DESCRIBE_STRUCT(links, (), (links, places))

struct order {
  std::string item;                         // needed: its initialiser is empty
  std::string unit = "piece";               // may be left out
  std::vector<std::string> tags = {"new"};  // may be left out
  std::vector<std::string> lines = {};      // needed
  sample::point where = {};                 // needed
  sample::point home = {1, 2};              // may be left out
  std::optional<std::string> note = "none"; // may be left out, or null
  std::uint8_t count = 3;                   // may be left out
  bool operator==(const order&) const = default;
};
BOOST_DESCRIBE_STRUCT(order, (), (item, unit, tags, lines, where, home, note, count))

} // namespace

TEST_CASE("a structure of every kind of field goes to JSON text and back") {
  auto text = json_text(sample::full());
  CHECK(parsed<sample::everything>(text) == sample::full());
  CHECK(json_text(parsed<sample::everything>(text)) == text);
}

TEST_CASE("a structure is an object of its fields in order") {
  CHECK(json_text(ipfs::pin_rm{"hello"}) == R"({"path":"hello","recursive":true})");
  CHECK(json_text(ipfs::get_id{}) == "{}");
}

TEST_CASE("enumerators are their names, bytes are base64, a missing value is null") {
  CHECK(json_text(sample::colour::blue) == R"("blue")");
  CHECK(json_text(bytes{std::byte{0}, std::byte{0xff}, std::byte{0x10}, std::byte{1}}) == R"("AP8QAQ==")");
  CHECK(json_text(bytes{}) == R"("")");
  CHECK(json_text(std::optional<std::string>{}) == "null");
  CHECK(parsed<bytes>(R"("AP8QAQ==")").size() == 4);
}

TEST_CASE("a variant is an object whose one key is the alternative's name") {
  CHECK(json_text(sample::shape{sample::point{1, -2}}) == R"({"sample.point":{"x":1E0,"y":-2E0}})");
  CHECK(json_text(sample::shape{"round"}) == R"({"text":"round"})");
  CHECK(parsed<sample::shape>(R"({"sample.colour":"red"})") == sample::shape{sample::colour::red});
}

TEST_CASE("numbers that are not finite are texts") {
  auto infinity = std::numeric_limits<double>::infinity();
  CHECK(json_text(infinity) == R"("inf")");
  CHECK(json_text(-infinity) == R"("-inf")");
  CHECK(json_text(std::nan("")) == R"("nan")");
  CHECK(parsed<double>(R"("inf")") == infinity);
  CHECK(parsed<double>(R"("-inf")") == -infinity);
  CHECK(std::isnan(parsed<double>(R"("nan")")));
}

TEST_CASE("doubles keep their value, and minus zero its sign") {
  for (double x : {0.1, 1.0 / 3, 1e300, 5e-324, 123456789.125}) {
    CAPTURE(x);
    CHECK(from_json<double>(to_json(x)) == x);
  }
  CHECK(std::signbit(parsed<double>(json_text(-0.0))));
}

TEST_CASE("64 bit integers are exact, and may be given as text") {
  CHECK(json_text(std::uint64_t{18446744073709551615u}) == "18446744073709551615");
  CHECK(parsed<std::uint64_t>("18446744073709551615") == 18446744073709551615u);
  CHECK(parsed<std::uint64_t>(R"("18446744073709551615")") == 18446744073709551615u);
  CHECK(parsed<std::int64_t>(R"("-9223372036854775808")") == std::numeric_limits<std::int64_t>::min());
  CHECK(parsed<std::uint8_t>(R"("7")") == 7);
  CHECK(parsed<double>("3") == 3.0);
}

TEST_CASE("a number out of its range is refused with the range's name") {
  CHECK(refusal<std::uint8_t>("256") == "unsigned char: expected uint8, found 256");
  CHECK(refusal<ipfs::cat>(R"({"path":"x","offset":-1})") == "cat.offset: expected uint64, found -1");
  CHECK(refusal<ipfs::cat>(R"({"path":"x","offset":1.5})") == "cat.offset: expected uint64, found 1.5E0");
  CHECK(refusal<ipfs::cat>(R"({"path":"x","offset":18446744073709551616})").starts_with("cat.offset: expected uint64"));
  CHECK(refusal<order>(R"({"item":"a","lines":[],"where":{"x":1,"y":2},"count":-1})")
        == "order.count: expected uint8, found -1");
}

TEST_CASE("the wrong type is refused by the field's path") {
  CHECK(refusal<ipfs::pin_rm>(R"({"path":3})") == "pin_rm.path: expected text, found 3");
  CHECK(refusal<ipfs::pin_rm>(R"({"path":"a","recursive":1})") == "pin_rm.recursive: expected true or false, found 1");
  CHECK(refusal<ipfs::pin_rm>(R"([])") == "pin_rm: expected an object, found array");
  CHECK(refusal<links>(R"({"links":[{"name":"a","below":[]},{"name":true,"below":[]}],"places":{}})")
        == "links.links[1].name: expected text, found bool");
  CHECK(refusal<links>(R"({"links":[],"places":{"home":{"x":"far"}}})")
        == "links.places.home.x: expected real, found string");
  CHECK(refusal<links>(R"({"links":{},"places":{}})") == "links.links: expected a list, found object");
}

TEST_CASE("an error never repeats a text, which may be a secret") {
  CHECK(refusal<ipfs::pin_rm>(R"({"path":"a","recursive":"my passphrase"})")
        == "pin_rm.recursive: expected true or false, found string");
  CHECK(refusal<std::uint64_t>(R"("my passphrase")").find("passphrase") == std::string::npos);
  CHECK(refusal<sample::colour>(R"("my passphrase")").find("passphrase") == std::string::npos);
  CHECK(refusal<bytes>(R"("my passphrase")").find("passphrase") == std::string::npos);
  CHECK(refusal<sample::shape>(R"({"my passphrase":1})").find("passphrase") == std::string::npos);
}

TEST_CASE("an unknown field is refused with the nearest known one") {
  CHECK(refusal<ipfs::pin_rm>(R"({"path":"a","recursiv":true})") == "pin_rm has no field recursiv; nearest: recursive");
  CHECK(refusal<ipfs::pin_rm>(R"({"pth":"a"})") == "pin_rm has no field pth; nearest: path");
  CHECK(refusal<links>(R"({"links":[],"places":{"home":{"z":1}}})") == "links.places.home has no field z; nearest: x");
}

TEST_CASE("fields with a scalar, optional or filled initialiser may be left out") {
  auto given = parsed<order>(R"({"item":"tea","lines":["a"],"where":{"x":1,"y":2}})");
  CHECK(given == order{.item = "tea", .lines = {"a"}, .where = {1, 2}});
}

TEST_CASE("a field whose initialiser is empty must be given") {
  CHECK(refusal<order>(R"({"lines":[],"where":{"x":1,"y":2}})") == "order needs the field item");
  CHECK(refusal<order>(R"({"item":"tea","where":{"x":1,"y":2}})") == "order needs the field lines");
  CHECK(refusal<order>(R"({"item":"tea","lines":[]})") == "order needs the field where");
  CHECK(refusal<ipfs::add_str>("{}") == "add_str needs the field text");
}

TEST_CASE("null clears an optional and nothing else") {
  CHECK(parsed<order>(R"({"item":"tea","lines":[],"where":{"x":1,"y":2},"note":null})").note == std::nullopt);
  CHECK(refusal<ipfs::add_str>(R"({"text":null})") == "add_str.text: expected text, found null");
}

TEST_CASE("an enumerator or alternative that does not exist is refused with those that do") {
  CHECK(refusal<sample::colour>(R"("pink")")
        == "colour: expected sample.colour uint8{red=1, green=2, blue=7}, found string");
  CHECK(refusal<sample::shape>(R"({"circle":1})")
            .ends_with("expected one-of(sample.point, text, sample.colour), found object"));
  CHECK(refusal<sample::shape>(R"({"text":"a","sample.colour":"red"})").ends_with("found object"));
  CHECK(refusal<sample::shape>("{}").ends_with("found object"));
}

TEST_CASE("base64 that is cut, has foreign characters or text after its end is refused") {
  for (auto* bad :
       {R"("AP8")", R"("AP8Q AQ=")", R"("A===")", R"("AP8QAQ==AP8Q")", R"("\u0000\u0000\u0000\u0000")", R"("====")"}) {
    CAPTURE(bad);
    CHECK(refusal<bytes>(bad).find("expected base64") != std::string::npos);
  }
}

TEST_CASE("a name in JSON is checked") {
  CHECK(parsed<actor_name>(R"("notary")") == actor_name{"notary"});
  CHECK(refusal<actor_name>(R"("My Name")").find("cannot name an actor") != std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 become the replacement character") {
  CHECK(json_text(std::string("a\xff"
                              "b"))
        == "\"a\xef\xbf\xbd"
           "b\"");
  CHECK(json_text(std::string("\xe2\x82")) == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(json_text(std::string("\xe2\x82\xac")) == "\"\xe2\x82\xac\"");
  CHECK(json::parse(json_text(std::string("\xf0\x9f\x98\x80 \xc3\x28"))).is_string());
}

TEST_CASE("text in JSON is always valid UTF-8, whatever the bytes are") {
  // Overlong forms, surrogates and what lies beyond U+10FFFF are no UTF-8 either: a strict reader refuses them.
  for (auto* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf0\x80\x80\x80", "\xc1\xbf"}) {
    json::error_code failed;
    auto text = json_text(std::string(bad));
    json::parse(text, failed);
    CHECK_FALSE(failed);
  }
}

TEST_CASE("lists nested too deeply are refused") {
  json::value deep = json::object{{"name", ""}, {"below", json::array{}}};
  for (int i = 0; i < 100; ++i) {
    json::value outer = json::object{{"name", ""}, {"below", json::array{}}};
    outer.at("below").as_array().push_back(std::move(deep));
    deep = std::move(outer);
  }
  try {
    from_json<sample::branch>(deep);
    FAIL("was taken");
  } catch (const failure& f) {
    CHECK(f.message() == "the data is nested deeper than 64 levels");
  }
}

TEST_CASE("JSON of a value in binary is made by its layout alone") {
  auto data = encode(ipfs::cat{.path = "Qm", .offset = 1, .length = 2});
  decoder from{data};
  CHECK(json::serialize(to_json(layout_of<ipfs::cat>::value, from)) == R"({"path":"Qm","offset":1,"length":2})");
  CHECK(from.at_end());
}

TEST_CASE("JSON of binary data that is cut is refused") {
  auto whole = encode(sample::full());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    decoder from{std::span(whole).first(size)};
    CHECK_THROWS_AS(to_json(layout_of<sample::everything>::value, from), failure);
  }
}

#include "interfaces/text_distance.hpp"
#include "runtime/option_table.hpp"
#include "runtime/option_value.hpp"
#include "runtime/quoted_text.hpp"
#include "tests/runtime/refusal.hpp"

#include <doctest/doctest.h>

using namespace pillar;
using namespace std::chrono_literals;
using test::refusal;
using texts = std::vector<std::string>;

namespace {

// The value, or the message of its refusal, as text.
template <class T> std::string outcome(const result<T>& converted) {
  if (!converted) return converted.error().message();
  if constexpr (std::is_same_v<T, std::string>) return *converted;
  else if constexpr (std::is_same_v<T, texts>) return quote_list(*converted);
  else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) return std::to_string(converted->count());
  else return std::to_string(*converted);
}

using cases = std::vector<std::pair<written_value, std::string>>;

template <class Convert> void check_all(const option& o, Convert convert, const cases& all) {
  for (const auto& [value, expected] : all) {
    CAPTURE(value.text());
    CHECK(outcome(convert(o, value)) == expected);
    CHECK(check_value(o, value).has_value() == convert(o, value).has_value());
  }
}

} // namespace

TEST_CASE("a flag is one of a few words") {
  const auto o = option::flag("x.y", false, "A flag.");
  check_all(o, flag_value,
            {{"true", "1"},
             {"yes", "1"},
             {"on", "1"},
             {"1", "1"},
             {"false", "0"},
             {"no", "0"},
             {"off", "0"},
             {"0", "0"},
             {true, "1"},
             {false, "0"},
             {"", "\"\" is not true or false"},
             {"True", "\"True\" is not true or false"},
             {"2", "\"2\" is not true or false"},
             {texts{"a", "b"}, "[\"a\", \"b\"] is not true or false"}});
}

TEST_CASE("an integer is whole, decimal and within its bounds") {
  const auto o = option::integer("x.y", 0, {-5, 10}, "things", "A number.");
  check_all(o, integer_value,
            {{"10", "10"},
             {"-5", "-5"},
             {"007", "7"},
             {3, "3"},
             {"11", "\"11\" is not a whole number of things from -5 to 10"},
             {"-6", "\"-6\" is not a whole number of things from -5 to 10"},
             {"", "\"\" is not a whole number of things from -5 to 10"},
             {"1.5", "\"1.5\" is not a whole number of things from -5 to 10"},
             {"0x1", "\"0x1\" is not a whole number of things from -5 to 10"},
             {"+1", "\"+1\" is not a whole number of things from -5 to 10"},
             {" 1", "\" 1\" is not a whole number of things from -5 to 10"},
             {"99999999999999999999", "\"99999999999999999999\" is not a whole number of things from -5 to 10"},
             {texts{"1"}, "[\"1\"] is not a whole number of things from -5 to 10"}});
  const auto unbounded = option::integer("x.y", 0, {}, "", "A number.");
  check_all(unbounded, integer_value,
            {{"9223372036854775807", "9223372036854775807"},
             {"-9223372036854775808", "-9223372036854775808"},
             {"9223372036854775808", "\"9223372036854775808\" is not a whole number"}});
}

TEST_CASE("a size counts bytes, with binary suffixes") {
  const std::string advice = ": write a whole number with B, KiB, MiB, GiB or TiB, such as 64MiB";
  const auto o = option::size("x.y", 0, "A size.");
  check_all(o, size_value,
            {{"0", "0"},
             {"7", "7"},
             {"7B", "7"},
             {"2KiB", "2048"},
             {"2 KiB", "2048"},
             {"64MiB", "67108864"},
             {"1GiB", "1073741824"},
             {"1TiB", "1099511627776"},
             {std::size_t{5}, "5"},
             {"1KB", "\"1KB\" has an unknown unit" + advice},
             {"1kib", "\"1kib\" has an unknown unit" + advice},
             {"1.5GiB", "\"1.5GiB\" has an unknown unit" + advice},
             {"-1", "\"-1\" is not a size" + advice},
             {"", "\"\" is not a size" + advice},
             {"MiB", "\"MiB\" is not a size" + advice},
             {"9000000TiB", "\"9000000TiB\" is not a size"},
             {"99999999999999999999", "\"99999999999999999999\" is not a size"},
             {texts{"1"}, "[\"1\"] is not a size"}});
  const auto bounded = option::size("x.y", 1 << 20, "A size.", {.minimum = 1024, .maximum = 2 << 20});
  check_all(bounded, size_value,
            {{"1KiB", "1024"},
             {"1023", "\"1023\" is not a size from 1KiB to 2MiB"},
             {"3MiB", "\"3MiB\" is not a size from 1KiB to 2MiB"}});
}

TEST_CASE("a duration is a whole number with a unit") {
  const std::string advice = ": write a whole number with ns, us, ms, s, min or h, such as 30s";
  const auto o = option::duration("x.y", 0s, "A duration.");
  check_all(o, duration_value,
            {{"0", "0"},
             {"0s", "0"},
             {"7ns", "7"},
             {"7us", "7000"},
             {"7ms", "7000000"},
             {"7s", "7000000000"},
             {" 7 min ", "420000000000"},
             {"7h", "25200000000000"},
             {1500ms, "1500000000"},
             {"30", "\"30\" has no unit" + advice},
             {30, "\"30\" has no unit" + advice},
             {"1m", "\"1m\" has an unknown unit" + advice},
             {"1min30s", "\"1min30s\" has an unknown unit" + advice},
             {"-1s", "\"-1s\" is not a duration" + advice},
             {-1s, "\"-1s\" is not a duration" + advice},
             {"soon", "\"soon\" is not a duration" + advice},
             {"9999999h", "\"9999999h\" is not a duration"},
             {texts{}, "[] is not a duration"}});
  const auto bounded = option::duration("x.y", 1s, "A duration.", {.minimum = 1ms, .maximum = 1h});
  check_all(bounded, duration_value,
            {{"60min", "3600000000000"},
             {"0", "\"0\" is not a duration from 1ms to 1h"},
             {"61min", "\"61min\" is not a duration from 1ms to 1h"}});
  const auto least = option::duration("x.y", 1s, "A duration.", {.minimum = 1ms});
  check_all(least, duration_value, {{"1us", "\"1us\" is not a duration of at least 1ms"}});
  const auto most = option::duration("x.y", 1s, "A duration.", {.maximum = 90s});
  check_all(most, duration_value, {{"91s", "\"91s\" is not a duration of at most 90s"}});
}

TEST_CASE("a text or path may be empty only where its default is") {
  check_all(option::text("x.y", "", "A text."), text_value,
            {{"", ""}, {"a b", "a b"}, {texts{"a"}, "[\"a\"] is not a text"}});
  check_all(option::text("x.y", "default", "A text."), text_value, {{"", "\"\" is empty: write a text"}});
  check_all(option::path("x.y", "", "A path."), path_value,
            {{"", ""},
             {"a/b", "a/b"},
             {"~", "~"},
             {"~/x", "~/x"},
             {"$XDG_DATA_HOME/x", "$XDG_DATA_HOME/x"},
             {std::filesystem::path("~x"), "./~x"},
             {std::filesystem::path("$x"), "./$x"},
             {std::string("a\0b", 3), "\"a\\u0000b\" holds a zero byte: write a path"},
             {"$HOME/x", "\"$HOME/x\" begins with something that is not replaced: write ~/, $XDG_DATA_HOME/ or "
                         "$XDG_CONFIG_HOME/, or ./$HOME/x for a name like that"}});
  check_all(option::path("x.y", "d", "A path."), path_value, {{"", "\"\" is empty: write a path"}});
}

TEST_CASE("a list is written with brackets or commas") {
  const auto o = option::list("x.y", {}, "A list.");
  check_all(o, list_value,
            {{"", "[]"},
             {"[]", "[]"},
             {"a", R"(["a"])"},
             {" a , b ", R"(["a", "b"])"},
             {R"(["a, b", c])", R"(["a, b", "c"])"},
             {texts{"a, b", ""}, R"(["a, b", ""])"},
             {written_value::quoted("a, b"), R"(["a, b"])"},
             {"a,,b", R"("a,,b" has an empty item: write a list such as ["a", "b"])"},
             {"a,", R"("a," has an empty item: write a list such as ["a", "b"])"},
             {"[a", R"("[a" is not a list such as ["a", "b"]: a list has no end: write a ])"},
             {"[a] b", R"("[a] b" is not a list such as ["a", "b"])"}});
}

TEST_CASE("a choice is one of its names") {
  const auto o = option::choice("x.y", "text", {"text", "json"}, "A choice.");
  check_all(o, choice_value,
            {{"text", "text"},
             {"json", "json"},
             {"JSON", "\"JSON\" is not one of text, json: did you mean text?"},
             {"jsn", "\"jsn\" is not one of text, json: did you mean json?"},
             {"", "\"\" is not one of text, json: did you mean text?"}});
}

TEST_CASE("a long wrong value is cut in the message") {
  const auto o = option::flag("x.y", false, "A flag.");
  CHECK(flag_value(o, std::string(200, 'x')).error().message()
        == '"' + std::string(64, 'x') + "...\" is not true or false");
}

TEST_CASE("sizes and durations are written in the largest whole unit") {
  CHECK(size_text(0) == "0B");
  CHECK(size_text(1000) == "1000B");
  CHECK(size_text(1536) == "1536B");
  CHECK(size_text(64 << 20) == "64MiB");
  CHECK(size_text(UINT64_MAX) == "18446744073709551615B");
  CHECK(duration_text(0s) == "0s");
  CHECK(duration_text(90s) == "90s");
  CHECK(duration_text(120s) == "2min");
  CHECK(duration_text(1500us) == "1500us");
  CHECK(duration_text(24h) == "24h");
  CHECK(duration_text(-1s) == "-1s");
}

TEST_CASE("an option's variable has its name in capitals with underscores") {
  CHECK(variable_of("ipfs.kubo.request-timeout") == "PILLAR_IPFS_KUBO_REQUEST_TIMEOUT");
}

TEST_CASE("a declaration that cannot work is refused") {
  const auto refused = [](const option& o) { return refusal([&] { option_table table{o}; }); };
  const std::string head = "internal: the declaration of option ";
  CHECK(refused(option::text("x.Name", "", "A text."))
        == head + "\"x.Name\" has no kebab-case name: write lower-case-words joined by dots");
  for (const auto* name : {"", "x.", ".x", "x..y", "x y", "x_y", "-x.y", "x.y-"})
    CHECK(refused(option::text(name, "", "A text.")).starts_with(head));
  CHECK(refused(option::text("*.x", "", "A text.")) == head + "\"*.x\" begins with * or no-: choose another section");
  CHECK(refused(option::text("no-x.y", "", "A text."))
        == head + "\"no-x.y\" begins with * or no-: choose another section");
  CHECK(refused(option::text("x.y", "", "")) == head + "\"x.y\" has no meaning: write one sentence");
  CHECK(refused(option::free("x.y", "Anything.")) == head + "\"x.y\" is free and has to end with .*");
  CHECK(refused(option::integer("x.y", 5, {0, 3}, "things", "A number."))
        == head + "\"x.y\" has a default that it would refuse: \"5\" is not a whole number of things from 0 to 3");
  CHECK(refused(option::choice("x.y", "c", {"a", "b"}, "A choice.")).starts_with(head + "\"x.y\" has a default"));
  CHECK(refused(option::text("x.y", "", "A text.").also_called("help"))
        == head + "\"x.y\" has an alias that is not one kebab-case word of its own: help");
}

TEST_CASE("an option is declared once, by name, variable and alias") {
  const auto added = [](const option& o) {
    option_table table{option::text("x.y-z", "", "A text.").also_called("short")};
    const auto answer = refusal([&] { table.add({option::flag("new.one", false, "New."), o}); });
    CHECK(table.size() == (answer == "nothing" ? 3 : 1));
    return answer;
  };
  CHECK(added(option::flag("x.y-z", false, "Again."))
        == "already_exists: option \"x.y-z\" cannot be declared: \"x.y-z\" has this name already");
  CHECK(added(option::flag("x.y.z", false, "Alike."))
        == "already_exists: option \"x.y.z\" cannot be declared: \"x.y-z\" has the variable PILLAR_X_Y_Z already");
  CHECK(added(option::flag("a.b", false, "Alias.").also_called("short"))
        == "already_exists: option \"a.b\" cannot be declared: \"x.y-z\" has the alias short already");
  CHECK(added(option::flag("a.b", false, "Alias.").also_called("x-y-z"))
        == "already_exists: option \"a.b\" cannot be declared: \"x.y-z\" has the variable PILLAR_X_Y_Z already");
  CHECK(added(option::flag("a.b", false, "Alias.").also_called("other")) == "nothing");
}

TEST_CASE("a family stands for every name at its star, and the more exact one wins") {
  const option_table table{option::free("p.*.*", "Anything."), option::list("p.*.grants", {}, "Grants."),
                           option::flag("p.one.grants", false, "Exact.")};
  const auto kind = [&](std::string_view name) {
    const auto* o = table.find(name);
    return o ? name_of(o->kind) : "none";
  };
  CHECK(kind("p.one.grants") == "flag");
  CHECK(kind("p.two.grants") == "list");
  CHECK(kind("p.two.other") == "free");
  CHECK(kind("p.two.deep.key") == "free");
  CHECK(kind("p.two") == "none");
  CHECK(kind("p..x") == "none");
  CHECK(kind("q.two.grants") == "none");
  CHECK(table.family_has_variable("PILLAR_P_TWO_GRANTS"));
  CHECK(table.family_has_variable("PILLAR_P_TWO_X"));
  CHECK(!table.family_has_variable("PILLAR_P_TWO"));
  CHECK(!table.family_has_variable("PILLAR_Q_TWO_X"));
}

TEST_CASE("the runtime's own options are declared without a clash") {
  const auto table = runtime_options();
  CHECK(table.size() == 19);
  for (const auto& o : table) CHECK(o.meaning.ends_with('.'));
}

TEST_CASE("the distance of two texts counts inserted, removed, replaced and swapped bytes") {
  struct {
    std::string_view a, b;
    std::size_t distance;
  } const all[] = {{"", "", 0},      {"", "abc", 3},        {"abc", "abc", 0},       {"abc", "abd", 1},
                   {"abc", "ab", 1}, {"abc", "xabc", 1},    {"abc", "acb", 1},       {"threads", "treads", 1},
                   {"ca", "abc", 3}, {"level", "levle", 1}, {"kitten", "sitting", 3}};
  for (const auto& [a, b, distance] : all) {
    CAPTURE(a);
    CAPTURE(b);
    CHECK(text_distance(a, b) == distance);
    CHECK(text_distance(b, a) == distance);
  }
  CHECK(text_distance(std::string(100'000, 'a'), std::string(100'000, 'b')) == 256);
}

TEST_CASE("the nearest text is the first of the nearest") {
  const texts known{"alpha", "beta", "betb"};
  CHECK(nearest_text("bet", known) == "beta");
  CHECK(nearest_text("alhpa", known) == "alpha");
  CHECK(nearest_text("x", std::span<const std::string>()).empty());
}

// Each namespace below exists twice, as X and as pillar::X: both types are named X::order on the wire, and differ in
// one thing only.
#include "tests/interfaces/samples.hpp"

#include "interfaces/layout.hpp"

#include <doctest/doctest.h>

using namespace pillar;

#define ORDER(...)                                                                                                     \
  struct order {                                                                                                       \
    using reply = std::uint64_t;                                                                                       \
    __VA_ARGS__;                                                                                                       \
  };

namespace same {
ORDER(std::string item; std::uint32_t count = 1)
BOOST_DESCRIBE_STRUCT(order, (), (item, count))
} // namespace same
namespace pillar::same {
ORDER(std::string item = "tea"; std::uint32_t count = 2)
BOOST_DESCRIBE_STRUCT(order, (), (item, count))
} // namespace pillar::same

namespace renamed_field {
ORDER(std::string item)
BOOST_DESCRIBE_STRUCT(order, (), (item))
} // namespace renamed_field
namespace pillar::renamed_field {
ORDER(std::string thing)
BOOST_DESCRIBE_STRUCT(order, (), (thing))
} // namespace pillar::renamed_field

namespace retyped_field {
ORDER(std::uint32_t count = 0)
BOOST_DESCRIBE_STRUCT(order, (), (count))
} // namespace retyped_field
namespace pillar::retyped_field {
ORDER(std::int32_t count = 0)
BOOST_DESCRIBE_STRUCT(order, (), (count))
} // namespace pillar::retyped_field

namespace made_optional {
ORDER(std::string item)
BOOST_DESCRIBE_STRUCT(order, (), (item))
} // namespace made_optional
namespace pillar::made_optional {
ORDER(std::optional<std::string> item)
BOOST_DESCRIBE_STRUCT(order, (), (item))
} // namespace pillar::made_optional

namespace text_or_path {
ORDER(std::string item)
BOOST_DESCRIBE_STRUCT(order, (), (item))
} // namespace text_or_path
namespace pillar::text_or_path {
ORDER(std::filesystem::path item)
BOOST_DESCRIBE_STRUCT(order, (), (item))
} // namespace pillar::text_or_path

namespace swapped {
ORDER(std::uint8_t a = 0; std::uint8_t b = 0)
BOOST_DESCRIBE_STRUCT(order, (), (a, b))
} // namespace swapped
namespace pillar::swapped {
ORDER(std::uint8_t a = 0; std::uint8_t b = 0)
BOOST_DESCRIBE_STRUCT(order, (), (b, a))
} // namespace pillar::swapped

namespace grown {
ORDER(std::uint8_t a = 0)
BOOST_DESCRIBE_STRUCT(order, (), (a))
} // namespace grown
namespace pillar::grown {
ORDER(std::uint8_t a = 0; std::uint8_t b = 0)
BOOST_DESCRIBE_STRUCT(order, (), (a, b))
} // namespace pillar::grown

namespace other_unit {
ORDER(std::chrono::seconds wait{})
BOOST_DESCRIBE_STRUCT(order, (), (wait))
} // namespace other_unit
namespace pillar::other_unit {
ORDER(std::chrono::milliseconds wait{})
BOOST_DESCRIBE_STRUCT(order, (), (wait))
} // namespace pillar::other_unit

namespace other_reply {
struct order {
  using reply = std::uint64_t;
};
BOOST_DESCRIBE_STRUCT(order, (), ())
} // namespace other_reply
namespace pillar::other_reply {
struct order {
  using reply = stream<std::uint64_t>;
};
BOOST_DESCRIBE_STRUCT(order, (), ())
} // namespace pillar::other_reply

namespace deep {
struct inner {
  std::uint8_t a = 0;
};
BOOST_DESCRIBE_STRUCT(inner, (), (a))
ORDER(std::vector<std::optional<inner>> all)
BOOST_DESCRIBE_STRUCT(order, (), (all))
} // namespace deep
namespace pillar::deep {
struct inner {
  std::uint8_t b = 0;
};
BOOST_DESCRIBE_STRUCT(inner, (), (b))
ORDER(std::vector<std::optional<inner>> all)
BOOST_DESCRIBE_STRUCT(order, (), (all))
} // namespace pillar::deep

namespace deep_reply {
struct inner {
  std::uint8_t a = 0;
};
BOOST_DESCRIBE_STRUCT(inner, (), (a))
struct order {
  using reply = std::map<std::string, inner>;
};
BOOST_DESCRIBE_STRUCT(order, (), ())
} // namespace deep_reply
namespace pillar::deep_reply {
struct inner {
  std::uint16_t a = 0;
};
BOOST_DESCRIBE_STRUCT(inner, (), (a))
struct order {
  using reply = std::map<std::string, inner>;
};
BOOST_DESCRIBE_STRUCT(order, (), ())
} // namespace pillar::deep_reply

namespace alternatives_changed {
ORDER(std::variant<bool, std::string> what)
BOOST_DESCRIBE_STRUCT(order, (), (what))
} // namespace alternatives_changed
namespace pillar::alternatives_changed {
ORDER(std::variant<std::string, bool> what)
BOOST_DESCRIBE_STRUCT(order, (), (what))
} // namespace pillar::alternatives_changed

namespace enumerator_renamed {
enum class size : std::uint8_t { small, big };
BOOST_DESCRIBE_ENUM(size, small, big)
ORDER(enumerator_renamed::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace enumerator_renamed
namespace pillar::enumerator_renamed {
enum class size : std::uint8_t { small, large };
BOOST_DESCRIBE_ENUM(size, small, large)
ORDER(enumerator_renamed::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace pillar::enumerator_renamed

namespace enumerator_renumbered {
enum class size : std::uint8_t { small, big };
BOOST_DESCRIBE_ENUM(size, small, big)
ORDER(enumerator_renumbered::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace enumerator_renumbered
namespace pillar::enumerator_renumbered {
enum class size : std::uint8_t { small, big = 2 };
BOOST_DESCRIBE_ENUM(size, small, big)
ORDER(enumerator_renumbered::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace pillar::enumerator_renumbered

namespace enumeration_widened {
enum class size : std::uint8_t { small, big };
BOOST_DESCRIBE_ENUM(size, small, big)
ORDER(enumeration_widened::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace enumeration_widened
namespace pillar::enumeration_widened {
enum class size : std::uint16_t { small, big };
BOOST_DESCRIBE_ENUM(size, small, big)
ORDER(enumeration_widened::size of = size::small)
BOOST_DESCRIBE_STRUCT(order, (), (of))
} // namespace pillar::enumeration_widened

namespace tree {
struct branch {
  std::vector<branch> below;
};
BOOST_DESCRIBE_STRUCT(branch, (), (below))
ORDER(branch root)
BOOST_DESCRIBE_STRUCT(order, (), (root))
} // namespace tree
namespace pillar::tree {
struct branch {
  std::vector<branch> under;
};
BOOST_DESCRIBE_STRUCT(branch, (), (under))
ORDER(branch root)
BOOST_DESCRIBE_STRUCT(order, (), (root))
} // namespace pillar::tree

TEST_CASE("initialisers do not change a fingerprint") {
  static_assert(fingerprint<::same::order>() == fingerprint<pillar::same::order>());
}

TEST_CASE("a field's name, type, unit and place change a fingerprint") {
  static_assert(fingerprint<::renamed_field::order>() != fingerprint<pillar::renamed_field::order>());
  static_assert(fingerprint<::retyped_field::order>() != fingerprint<pillar::retyped_field::order>());
  static_assert(fingerprint<::made_optional::order>() != fingerprint<pillar::made_optional::order>());
  static_assert(fingerprint<::text_or_path::order>() != fingerprint<pillar::text_or_path::order>());
  static_assert(fingerprint<::swapped::order>() != fingerprint<pillar::swapped::order>());
  static_assert(fingerprint<::grown::order>() != fingerprint<pillar::grown::order>());
  static_assert(fingerprint<::other_unit::order>() != fingerprint<pillar::other_unit::order>());
}

TEST_CASE("the reply changes a fingerprint, and so does what lies deep inside") {
  static_assert(fingerprint<::other_reply::order>() != fingerprint<pillar::other_reply::order>());
  static_assert(fingerprint<::deep::order>() != fingerprint<pillar::deep::order>());
  static_assert(fingerprint<::deep_reply::order>() != fingerprint<pillar::deep_reply::order>());
  static_assert(fingerprint<::tree::order>() != fingerprint<pillar::tree::order>());
}

TEST_CASE("alternatives and enumerators change a fingerprint, and so does an enumeration's width") {
  static_assert(fingerprint<::alternatives_changed::order>() != fingerprint<pillar::alternatives_changed::order>());
  static_assert(fingerprint<::enumerator_renamed::order>() != fingerprint<pillar::enumerator_renamed::order>());
  static_assert(fingerprint<::enumerator_renumbered::order>() != fingerprint<pillar::enumerator_renumbered::order>());
  static_assert(fingerprint<::enumeration_widened::order>() != fingerprint<pillar::enumeration_widened::order>());
}

TEST_CASE("a request's own name changes its fingerprint") {
  static_assert(fingerprint<::swapped::order>() != fingerprint<::grown::order>());
  static_assert(fingerprint<::renamed_field::order>() != fingerprint<::text_or_path::order>());
}

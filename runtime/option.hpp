/// One setting that a program knows: its dotted name, its kind, default, unit and one sentence that documents it.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

/// What a value may be, and how it is written.
enum class option_kind : std::uint8_t {
  flag,     ///< true or false; also yes, no, on, off, 1, 0
  integer,  ///< a whole number within a range
  size,     ///< bytes: a whole number with B, KiB, MiB, GiB or TiB; without a suffix it counts bytes
  duration, ///< a whole number with ns, us, ms, s, min or h; only 0 needs none
  text,     ///< any text
  path,     ///< a file or directory; may begin with ~, $XDG_DATA_HOME or $XDG_CONFIG_HOME (see user_directories.hpp)
  list,     ///< several texts: ["a", "b"] or a,b
  choice,   ///< one of a few names
  free,     ///< a key that only its reader knows: converted when it is read
};

/// "integer", for messages and help.
std::string_view name_of(option_kind kind) noexcept;

/// The bounds of a number, both allowed.
struct integer_range {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};

/// The bounds of a size in bytes, both allowed.
struct size_range {
  std::uint64_t minimum = 0;
  std::uint64_t maximum = std::numeric_limits<std::int64_t>::max();
};

/// The bounds of a duration, both allowed; none is negative.
struct duration_range {
  std::chrono::nanoseconds minimum{0};
  std::chrono::nanoseconds maximum = std::chrono::nanoseconds::max();
};

/// The declaration of a setting. A name is made of at least two kebab-case parts, `ipfs.kubo.request-timeout`; a part
/// `*` stands for any name there (`plugins.*.grants`), which makes the option a family. Declare with the functions
/// below; an option_table refuses a malformed name. A text or path may be set empty only when its default is empty.
struct option {
  std::string name;
  option_kind kind = option_kind::text;
  std::string fallback;   ///< the default, written as a user would write it
  std::string unit;       ///< what a number counts: "threads", "bytes"; empty where the kind says it
  std::string meaning;    ///< one sentence
  integer_range bounds{}; ///< of an integer, of a size in bytes, of a duration in nanoseconds
  std::vector<std::string> choices{};
  /// "data": then `--data` (if declared before it is read) and PILLAR_DATA set the option, too.
  std::string alias{};

  static option flag(std::string name, bool fallback, std::string meaning);
  static option integer(std::string name, std::int64_t fallback, integer_range bounds, std::string unit,
                        std::string meaning);
  static option size(std::string name, std::uint64_t fallback, std::string meaning, size_range bounds = {});
  static option duration(std::string name, std::chrono::nanoseconds fallback, std::string meaning,
                         duration_range bounds = {});
  static option text(std::string name, std::string fallback, std::string meaning);
  static option path(std::string name, std::string fallback, std::string meaning);
  static option list(std::string name, const std::vector<std::string>& fallback, std::string meaning);
  static option choice(std::string name, std::string fallback, std::vector<std::string> choices, std::string meaning);
  /// A family whose last part is `*`: that stands for one or more parts, so any key below is allowed.
  static option free(std::string name, std::string meaning);

  /// The same option with a short name for the command line and the environment.
  option also_called(std::string short_name) &&;
};

/// The environment variable of an option: PILLAR_IPFS_KUBO_REQUEST_TIMEOUT for ipfs.kubo.request-timeout.
std::string variable_of(std::string_view name);

/// "from 1 to 1024", "at least 1ms" or "at most 64MiB"; empty where nothing bounds a number.
std::string bounds_text(const option& o);

/// What a good value looks like: "a whole number of threads from 0 to 1024".
std::string expectation(const option& o);

} // namespace pillar

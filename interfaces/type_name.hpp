/// A type's name as its author wrote it, known to the compiler: "ipfs::add_str" for pillar::ipfs::add_str.
#pragma once

#include <string>
#include <string_view>

namespace pillar {

namespace detail {
template <class T> consteval std::string_view find_cpp_name() {
  // clang: "... find_cpp_name() [T = pillar::ipfs::add_str]"; gcc: "... [with T = pillar::ipfs::add_str; ...]"
  std::string_view text = __PRETTY_FUNCTION__;
  auto begin = text.find("T = ") + 4;
  text = text.substr(begin, text.find_first_of(";]", begin) - begin);
  return text.substr(text.starts_with("pillar::") ? 8 : 0);
}
} // namespace detail

/// T with its namespaces, without an outer `pillar::`.
template <class T> constexpr std::string_view cpp_name = detail::find_cpp_name<T>();

/// T without its namespaces: "add_str".
template <class T> constexpr std::string_view last_name = cpp_name<T>.substr(cpp_name<T>.rfind(':') + 1);

/// "ipfs::add_str" as "ipfs.add_str".
inline std::string dotted(std::string_view name) {
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i, 2) == "::") ++i, text += '.';
    else text += name[i];
  }
  return text;
}

} // namespace pillar

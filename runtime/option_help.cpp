#include "runtime/option_table.hpp"

#include <algorithm>

namespace pillar {

namespace {

std::string_view section_of(std::string_view name) {
  return name.substr(0, name.find('.'));
}

// "--node.threads=NUMBER", or "--x.y, --no-x.y" for a flag.
std::string argument_of(const option& o, const std::string& name) {
  const auto argument = "--" + name;
  switch (o.kind) {
    case option_kind::flag: return argument + ", --no-" + name;
    case option_kind::integer: return argument + "=NUMBER";
    case option_kind::size: return argument + "=SIZE";
    case option_kind::duration: return argument + "=DURATION";
    case option_kind::text: return argument + "=TEXT";
    case option_kind::path: return argument + "=PATH";
    case option_kind::list: return argument + "=TEXT,...";
    case option_kind::choice: {
      std::string names;
      for (const auto& choice : o.choices) names += (names.empty() ? '=' : '|') + choice;
      return argument + names;
    }
    case option_kind::free: return argument + "=VALUE";
  }
  return argument;
}

// " Default: 1024 jobs; from 1 to 1000000."
std::string default_and_bounds(const option& o) {
  if (o.kind == option_kind::free) return {};
  const bool none = o.fallback.empty() || o.fallback == "[]";
  auto text = " Default: " + (none ? "none" : o.fallback);
  if (o.kind == option_kind::integer && !o.unit.empty()) text += ' ' + o.unit;
  const auto bounds = bounds_text(o);
  return text + (bounds.empty() ? "." : "; " + bounds + '.');
}

void append_wrapped(std::string& to, std::string_view text) {
  constexpr std::size_t indent = 6, width = 100;
  std::size_t column = 0;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    const auto word = text.substr(0, blank);
    if (column > 0 && column + 1 + word.size() > width) to += '\n', column = 0;
    if (column == 0) to.append(indent, ' '), column = indent;
    else to += ' ', ++column;
    to += word;
    column += word.size();
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  to += '\n';
}

} // namespace

std::string option_table::help() const {
  std::vector<std::string_view> sections;
  for (const auto& o : options_)
    if (std::find(sections.begin(), sections.end(), section_of(o.name)) == sections.end())
      sections.push_back(section_of(o.name));
  std::string text;
  for (const auto section : sections) {
    text += (text.empty() ? "" : "\n") + std::string(section) + ":\n";
    for (const auto& o : options_) {
      if (section_of(o.name) != section) continue;
      text += "  " + argument_of(o, o.name) + (o.alias.empty() ? "" : ", " + argument_of(o, o.alias)) + '\n';
      append_wrapped(text, o.meaning + default_and_bounds(o));
    }
  }
  return text;
}

} // namespace pillar

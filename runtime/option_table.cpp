#include "runtime/option_table.hpp"

#include "interfaces/text_distance.hpp"
#include "runtime/option_value.hpp"

#include <algorithm>
#include <utility>

namespace pillar {

namespace {

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

std::string_view section_of(std::string_view name) {
  return name.substr(0, name.find('.'));
}

bool is_family(const option& o) {
  return o.name.find('*') != std::string::npos;
}

bool is_kebab(std::string_view part) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !part.empty() && part.front() != '-' && part.back() != '-' && std::all_of(part.begin(), part.end(), allowed);
}

// Whether a name fits a family's: a `*` is any one part, and at the end of a free family at least one.
bool fits(const option& family, std::string_view name) {
  const auto pattern = parts_of(family.name);
  const auto parts = parts_of(name);
  const bool open_end = family.kind == option_kind::free;
  if (open_end ? parts.size() < pattern.size() : parts.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (parts[i].empty() || (pattern[i] != "*" && pattern[i] != parts[i])) return false;
  return true;
}

auto stars(const option& o) {
  return std::count(o.name.begin(), o.name.end(), '*');
}

// Whether a text fits a pattern in which a `*` is one byte or more.
bool fits_stars(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const auto rest = pattern.substr(star + 1);
  for (auto at = star + 1; at <= text.size(); ++at)
    if (fits_stars(rest, text.substr(at))) return true;
  return false;
}

// The family's name with each `*` replaced by what stands there in a given name.
std::string filled(const option& o, std::string_view name) {
  const auto given = parts_of(name);
  std::string made;
  std::size_t i = 0;
  for (const auto part : parts_of(o.name)) {
    if (i > 0) made += '.';
    made += part == "*" && i < given.size() && !given[i].empty() ? given[i] : part;
    ++i;
  }
  return made;
}

// The known name with the smallest distance. A user may also have forgotten the section: that counts as one edit.
class nearest_name_search {
public:
  explicit nearest_name_search(std::string_view given) : given_(given) {}

  void offer(std::string known, bool without_section) {
    auto distance = text_distance(given_, known);
    for (auto at = known.find_first_of("._"); without_section && at != std::string::npos;
         at = known.find_first_of("._", at + 1))
      distance = std::min(distance, 1 + text_distance(given_, std::string_view(known).substr(at + 1)));
    if (!best_.empty() && distance >= least_) return;
    best_ = std::move(known);
    least_ = distance;
  }
  const std::string& best() const { return best_; }

private:
  std::string_view given_;
  std::string best_;
  std::size_t least_ = 0;
};

[[noreturn]] void refuse(const option& o, const std::string& why) {
  throw failure(errc::internal, "the declaration of option \"" + o.name + "\" " + why);
}

void check_declaration(const option& o) {
  const auto parts = parts_of(o.name);
  for (const auto part : parts)
    if (part != "*" && !is_kebab(part)) refuse(o, "has no kebab-case name: write lower-case-words joined by dots");
  if (parts.front() == "*" || parts.front().starts_with("no-"))
    refuse(o, "begins with * or no-: choose another section");
  if (o.meaning.empty()) refuse(o, "has no meaning: write one sentence");
  if (o.kind == option_kind::free && parts.back() != "*") refuse(o, "is free and has to end with .*");
  if (!o.alias.empty()
      && (!is_kebab(o.alias) || o.alias == "help" || o.alias == "config" || o.alias.starts_with("no-")))
    refuse(o, "has an alias that is not one kebab-case word of its own: " + o.alias);
  if (const auto good = check_value(o, written_value(o.fallback)); !good)
    refuse(o, "has a default that it would refuse: " + good.error().message());
}

} // namespace

option_table::option_table(std::initializer_list<option> options) {
  std::vector<option> given(options);
  option_table made;
  for (auto& o : given) {
    check_declaration(o);
    made.insert(std::move(o));
  }
  options_ = std::move(made.options_);
}

option_table& option_table::add(const option_table& more) {
  auto made = *this;
  for (const auto& o : more) made.insert(o);
  return *this = std::move(made);
}

void option_table::insert(option o) {
  for (const auto& other : options_) {
    const auto taken = [&](std::string_view what) {
      throw failure(errc::already_exists, "option \"" + o.name + "\" cannot be declared: \"" + other.name + "\" has "
                                              + std::string(what) + " already");
    };
    if (o.name == other.name) taken("this name");
    if (variable_of(o.name) == variable_of(other.name)) taken("the variable " + variable_of(o.name));
    if (!o.alias.empty() && o.alias == other.alias) taken("the alias " + o.alias);
    if (!o.alias.empty() && variable_of(o.alias) == variable_of(other.name))
      taken("the variable " + variable_of(o.alias));
    if (!other.alias.empty() && variable_of(o.name) == variable_of(other.alias))
      taken("the variable " + variable_of(o.name));
  }
  options_.push_back(std::move(o));
}

const option* option_table::find(std::string_view name) const {
  const option* best = nullptr;
  for (const auto& o : options_) {
    if (o.name == name && !is_family(o)) return &o;
    if (is_family(o) && fits(o, name) && (!best || stars(o) < stars(*best))) best = &o;
  }
  return best;
}

const option* option_table::find_variable(std::string_view variable) const {
  for (const auto& o : options_)
    if ((!is_family(o) && variable_of(o.name) == variable) || (!o.alias.empty() && variable_of(o.alias) == variable))
      return &o;
  return nullptr;
}

const option* option_table::find_alias(std::string_view alias) const {
  const auto found = std::find_if(options_.begin(), options_.end(), [&](const option& o) { return o.alias == alias; });
  return alias.empty() || found == options_.end() ? nullptr : &*found;
}

bool option_table::family_has_variable(std::string_view variable) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const option& o) { return is_family(o) && fits_stars(variable_of(o.name), variable); });
}

bool option_table::has_section(std::string_view name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const option& o) { return section_of(o.name) == section_of(name); });
}

std::string option_table::nearest(std::string_view name) const {
  nearest_name_search search(name);
  for (const auto& o : options_) {
    const bool is_free = o.kind == option_kind::free;
    // Any name looks near to what accepts any name: only a mistyped section is worth a word there.
    const auto typos = text_distance(section_of(o.name), section_of(name));
    if (!is_free || (typos <= 2 && !fits(o, name))) search.offer(filled(o, name), !is_free);
  }
  return search.best();
}

std::string option_table::nearest_variable(std::string_view variable) const {
  nearest_name_search search(variable);
  for (const auto& o : options_) {
    if (o.kind != option_kind::free) search.offer(variable_of(o.name), true);
    if (!o.alias.empty()) search.offer(variable_of(o.alias), false);
  }
  return search.best();
}

option_table option_table::below(std::string_view prefix) const {
  auto made = *this;
  for (auto& o : made.options_) {
    o.name = std::string(prefix) + '.' + o.name;
    o.alias.clear();
  }
  return made;
}

} // namespace pillar

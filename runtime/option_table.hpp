/// The options that a program knows, each declared once.
#pragma once

#include "runtime/option.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pillar {

class option_table {
public:
  option_table() = default;
  /// Errors: as add.
  option_table(std::initializer_list<option> options);

  /// Adds the options of another table: `table.add({option::flag(...), ...})`. All or none is added.
  /// Errors: already_exists (the name, its environment variable or its alias is taken), internal (a malformed
  /// declaration).
  option_table& add(const option_table& more);

  /// The option of this name; else the family that fits it with the fewest `*`; else null.
  const option* find(std::string_view name) const;
  /// The option that an environment variable sets: by its full name or its alias; null for any other variable.
  const option* find_variable(std::string_view variable) const;
  /// The option with this alias, or null.
  const option* find_alias(std::string_view alias) const;
  /// Whether the variable can belong to a family: PILLAR_PLUGINS_NOTARY_1_GRANTS.
  bool family_has_variable(std::string_view variable) const;
  /// Whether an option's first part is the first part of this name.
  bool has_section(std::string_view name) const;

  /// The known name that is nearest to a mistyped one, which may lack the section; a family's `*` is filled from the
  /// given name where that has a part. Empty for an empty table.
  std::string nearest(std::string_view name) const;
  std::string nearest_variable(std::string_view variable) const;

  /// The same options below a prefix: `inbox` becomes `plugins.notary-1.inbox`.
  option_table below(std::string_view prefix) const;

  /// Every option by section, with kind, unit, default, range and meaning: for `--help`.
  std::string help() const;

  auto begin() const { return options_.begin(); }
  auto end() const { return options_.end(); }
  std::size_t size() const { return options_.size(); }

private:
  void insert(option o);

  std::vector<option> options_;
};

/// The options of the runtime itself: the sections node, supervision, log and plugins.
/// Defined in runtime_options.cpp.
option_table runtime_options();

} // namespace pillar

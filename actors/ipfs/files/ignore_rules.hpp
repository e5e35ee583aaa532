/// Which files of a tree an add leaves out, by rules as in a .gitignore file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

/// Rules of gitignore(5), for paths below one directory. A rule without a slash, but for one at its end, is about names
/// anywhere; another is about paths from that directory on. One that ends with a slash is about directories only; `*`,
/// `?` and [a-z] match no slash, and `**` any number of directories. The last rule that matches decides, and one that
/// begins with ! takes a name back in. Wildcards count bytes, in any locale.
class ignore_rules {
public:
  ignore_rules() = default;

  /// Each text is a rule or several, a line each; blank lines and those that begin with # are none. Throws bad_request
  /// for a rule that can match nothing: a bracket that is not closed, a backslash before nothing.
  explicit ignore_rules(const std::vector<std::string>& texts);

  bool empty() const { return rules_.empty(); }

  /// Whether the path ("a/b") is left out. What lies in a directory that is left out need not be asked for: no rule
  /// takes it in again.
  bool leave_out(std::string_view path, bool is_directory) const;

private:
  struct rule {
    std::vector<std::string> parts; ///< patterns of the names in a path; "**" stands for any number of names
    bool negated = false;
    bool directories_only = false;
  };

  void add(std::string_view line);

  std::vector<rule> rules_;
};

} // namespace pillar::ipfs::engine

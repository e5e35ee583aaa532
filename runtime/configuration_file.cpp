#include "runtime/configuration_file.hpp"

#include "interfaces/utf8.hpp"
#include "runtime/quoted_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

namespace pillar {

namespace {

// Far beyond any file written by hand; a wrong path should not fill the memory.
constexpr std::size_t longest_file = 1 << 20;

failure malformed(std::string message) {
  return {errc::bad_request, std::move(message)};
}

bool is_name(std::string_view name) {
  return !name.empty() && !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
}

class file_parser {
public:
  explicit file_parser(std::string_view text) : from_(text) {}

  /// Where a failure belongs.
  std::size_t line() const { return blamed_ > 0 ? blamed_ : from_.line(); }

  std::vector<file_entry> entries() {
    std::vector<file_entry> made;
    for (;;) {
      from_.skip_blanks_and_lines();
      if (from_.at_end()) return made;
      if (from_.peek() == '[') {
        section_ = section();
        continue;
      }
      auto entry = key_and_value();
      const auto earlier = std::find_if(made.begin(), made.end(), [&](const auto& e) { return e.name == entry.name; });
      if (earlier != made.end()) {
        blamed_ = entry.line;
        throw malformed(entry.name + " is set again, first on line " + std::to_string(earlier->line)
                        + ": remove one of them");
      }
      made.push_back(std::move(entry));
      end_line();
    }
  }

private:
  std::string section() {
    from_.next();
    from_.skip_blanks();
    auto name = from_.name();
    from_.skip_blanks();
    if (!is_name(name) || from_.peek() != ']')
      throw malformed("this section has no proper name: write [name] or [name.name] with letters, digits, - and _");
    from_.next();
    end_line();
    return name;
  }

  file_entry key_and_value() {
    const auto line = from_.line();
    const auto key = from_.name();
    from_.skip_blanks();
    if (!is_name(key) || from_.peek() != '=')
      throw malformed("this is neither key = value nor [section] nor a # comment");
    from_.next();
    from_.skip_blanks();
    auto name = section_.empty() ? key : section_ + '.' + key;
    return {name, value(name), line};
  }

  written_value value(const std::string& name) {
    if (from_.peek() == '"') return written_value::quoted(from_.quoted());
    if (from_.peek() == '[') return from_.list();
    if (from_.peek() == '\'') throw malformed(name + " has a value in single quotes: write \"...\"");
    auto text = from_.bare();
    if (text.empty()) throw malformed(name + " has no value: write \"\" for an empty text");
    return text;
  }

  void end_line() {
    from_.skip_blanks();
    from_.skip_comment();
    if (!from_.at_line_end()) throw malformed("something follows where the line should end: write one value a line");
  }

  text_scanner from_;
  std::string section_;
  std::size_t blamed_ = 0;
};

void check_utf8(std::string_view text, const std::string& file) {
  for (std::size_t line = 1; !text.empty();) {
    const auto c = first_character(text);
    if (!c || c->code == 0)
      throw malformed(file + ':' + std::to_string(line) + ": this is not UTF-8 text: save the file as UTF-8");
    if (c->code == '\n') ++line;
    text.remove_prefix(c->bytes);
  }
}

} // namespace

std::vector<file_entry> parse_configuration(std::string_view text, const std::string& file) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  check_utf8(text, file);
  file_parser parser(text);
  try {
    return parser.entries();
  } catch (const failure& f) {
    throw failure(f.code(), file + ':' + std::to_string(parser.line()) + ": " + f.message());
  }
}

std::vector<file_entry> read_configuration(const std::filesystem::path& file) {
  const auto what = "cannot read the configuration file " + file.string();
  // A FILE gives errno, which a stream does not promise.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "rbe"), std::fclose);
  if (!opened) throw failure_of_errno(errno, what);
  std::string text;
  std::array<char, 16384> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), opened.get())) > 0;) {
    text.append(buffer.data(), got);
    if (text.size() > longest_file) throw failure(errc::too_large, what + ": it is longer than 1 MiB");
  }
  if (std::ferror(opened.get())) throw failure_of_errno(errno, what);
  return parse_configuration(text, file.string());
}

} // namespace pillar

#include "tools/pillar/arguments.hpp"

#include "runtime/option.hpp"
#include "tools/pillar/session.hpp"

#include <algorithm>
#include <charconv>

namespace pillar::cli {

namespace {

constexpr char mark = '\x01';

bool needs_mark(const std::string& word) {
  const auto begin = word.find_first_not_of(mark);
  return begin != std::string::npos && word[begin] == '[';
}

[[noreturn]] void refuse_option_before_command(const std::string& name) {
  throw usage_error(errc::bad_request, "--" + name + " stands before the command: options of the configuration follow "
                                           + "`pillar start`; for other commands set " + variable_of(name)
                                           + " or a file given with --config");
}

void check_option(const std::string& word, bool before_start) {
  const auto equals = word.find('=');
  const auto name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  const bool of_configuration = name.find('.') != std::string::npos;
  if (of_configuration && before_start) refuse_option_before_command(name);
  if (!of_configuration && !name.empty() && equals + 1 == word.size())
    throw usage_error(errc::bad_request, word + " has no value: write --" + name + "=VALUE");
}

} // namespace

std::vector<std::string> marked_arguments(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const auto end = std::ranges::find(words, "--");
  const auto start = std::find(words.begin(), end, "start");
  for (auto at = words.begin(); at != end; ++at)
    if (at->starts_with("--")) check_option(*at, at < start);
  for (auto& word : words)
    if (needs_mark(word)) word.insert(word.begin(), mark);
  return words;
}

std::string unmarked(std::string word) {
  if (word.starts_with(mark) && needs_mark(word)) word.erase(0, 1);
  return word;
}

CLI::Option* take_number(CLI::App& command, const char* names, std::optional<std::uint64_t>& to, const char* meaning) {
  return command.add_option_function<std::string>(
      names,
      [&to, names](const std::string& text) {
        std::uint64_t number = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failed != std::errc() || end != text.data() + text.size())
          throw CLI::ValidationError(std::string(names).substr(std::string_view(names).find("--")),
                                     "\"" + text + "\" is no whole number from 0 to 2^64-1");
        to = number;
      },
      meaning);
}

} // namespace pillar::cli

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
                                           + "`pillar start`; to other commands give --set " + name + "=VALUE, or set "
                                           + variable_of(name));
}

void check_option(const std::string& word, bool before_start) {
  const auto equals = word.find('=');
  const auto name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  const bool of_configuration = name.find('.') != std::string::npos;
  if (of_configuration && before_start) refuse_option_before_command(name);
  if (!of_configuration && !name.empty() && equals + 1 == word.size())
    throw usage_error(errc::bad_request, word + " has no value: write --" + name + "=VALUE");
}

/// "-r=false" as CLI11 understands it, which takes "=false" for the value, or for more flags.
void split_short_option(std::vector<std::string>& to, const std::string& word) {
  const bool is_short = word.size() > 2 && word[0] == '-' && word[1] != '-' && word[2] == '=';
  if (!is_short) return to.push_back(word);
  const auto value = word.substr(2);
  if (word[1] == 'r') return to.push_back("--recursive" + value); // flags
  if (word[1] == 'p') return to.push_back("--progress" + value);
  to.push_back(word.substr(0, 2));
  to.push_back(value.substr(1));
}

} // namespace

std::vector<std::string> marked_arguments(int argc, const char* const* argv) {
  std::vector<std::string> words;
  const auto* const* const own_end = std::find(argv + std::min(argc, 1), argv + argc, std::string_view("--"));
  for (auto* word = argv + std::min(argc, 1); word != own_end; ++word) split_short_option(words, *word);
  words.insert(words.end(), own_end, argv + argc);
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

CLI::Option* take_choice(CLI::App& command, const char* names, std::optional<bool>& to, const char* meaning) {
  return command.add_flag_function(names, [&to](std::int64_t count) { to = count > 0; }, meaning);
}

} // namespace pillar::cli

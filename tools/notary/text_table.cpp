#include "tools/notary/text_table.hpp"

#include "interfaces/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <numeric>

#include <wchar.h>

namespace demo {

namespace {

constexpr std::string_view gap = "  "; // between two columns

/// The first character of a text that is not empty, or a byte of what is no UTF-8.
struct glyph {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

glyph first_glyph(std::string_view text) {
  auto next = pillar::first_character(text);
  if (!next) return {};
  auto width = ::wcwidth(static_cast<wchar_t>(next->code));
  return {next->bytes, width < 0 ? 1 : static_cast<std::size_t>(width)};
}

/// The bytes at the beginning of the text that fit into some columns.
std::size_t bytes_within(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    auto next = first_glyph(text.substr(bytes));
    if (next.columns > columns) break;
    columns -= next.columns;
    bytes += next.bytes;
  }
  return bytes;
}

/// The text without what does not fit at its beginning.
std::string_view last_columns(std::string_view text, std::size_t columns) {
  for (auto all = columns_of(text); all > columns;) {
    auto next = first_glyph(text);
    all -= next.columns;
    text.remove_prefix(next.bytes);
  }
  return text;
}

std::string padded(std::string_view text, std::size_t columns, bool right) {
  std::string blanks(columns - std::min(columns, columns_of(text)), ' ');
  return right ? blanks + std::string(text) : std::string(text) + blanks;
}

} // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    auto next = first_glyph(text);
    columns += next.columns;
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
  constexpr std::string_view dots = "...";
  if (columns_of(text) <= columns) return std::string(text);
  auto left = columns - std::min(columns, dots.size());
  std::string made{text.substr(0, bytes_within(text, left - left / 2))};
  made += dots;
  return made += last_columns(text, left / 2);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  constexpr std::array units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1023.95 && unit + 1 < units.size(); ++unit) size /= 1024; // 1023.95 would be shown as 1024.0
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", size, units[unit]);
  return text;
}

std::string time_text(std::chrono::seconds since_1970) {
  std::time_t time = since_1970.count();
  std::tm parts{};
  if (!::gmtime_r(&time, &parts)) return std::to_string(time) + " s";
  char text[64];
  auto size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return {text, size};
}

std::string table(const std::vector<column>& columns, const std::vector<std::vector<std::string>>& rows,
                  std::size_t width, std::size_t indent) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    widths.push_back(columns_of(columns[i].title));
    for (auto& row : rows) widths.back() = std::max(widths.back(), columns_of(row[i]));
  }
  auto whole = std::accumulate(widths.begin(), widths.end(), indent + gap.size() * (columns.size() - 1));
  for (std::size_t i = 0; i < columns.size() && whole > width; ++i) {
    auto spare = columns[i].narrowest > 0 && widths[i] > columns[i].narrowest ? widths[i] - columns[i].narrowest : 0;
    auto taken = std::min(spare, whole - width);
    widths[i] -= taken;
    whole -= taken;
  }

  std::string text;
  auto append_line = [&](auto&& cell_of) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) line += gap;
      line += padded(shortened(cell_of(i), widths[i]), widths[i], columns[i].right);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  append_line([&](std::size_t i) -> std::string_view { return columns[i].title; });
  for (auto& row : rows) append_line([&](std::size_t i) -> std::string_view { return row[i]; });
  return text;
}

} // namespace demo

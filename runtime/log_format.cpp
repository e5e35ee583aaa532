#include "interfaces/utf8.hpp"
#include "runtime/log.hpp"

#include <array>
#include <ctime>

namespace pillar {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

void append_hex(std::string& to, std::uint64_t number, int count) {
  for (int shift = 4 * (count - 1); shift >= 0; shift -= 4) to += digits[number >> shift & 15];
}

void append_decimal(std::string& to, long number, int count) {
  const auto text = std::to_string(number);
  if (text.size() < static_cast<std::size_t>(count)) to.append(static_cast<std::size_t>(count) - text.size(), '0');
  to += text;
}

// 2026-01-31T07:05:09.123Z
void append_time(std::string& to, std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time - whole).count();
  const auto seconds = std::chrono::system_clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  append_decimal(to, parts.tm_year + 1900L, 4);
  append_decimal(to += '-', parts.tm_mon + 1, 2);
  append_decimal(to += '-', parts.tm_mday, 2);
  append_decimal(to += 'T', parts.tm_hour, 2);
  append_decimal(to += ':', parts.tm_min, 2);
  append_decimal(to += ':', parts.tm_sec, 2);
  append_decimal(to += '.', milliseconds, 3);
  to += 'Z';
}

// Calls `good` with every well-formed character and `broken` with every byte that belongs to none.
template <class Good, class Broken> void each_character(std::string_view text, Good good, Broken broken) {
  while (!text.empty()) {
    const auto c = first_character(text);
    if (c) good(c->code, text.substr(0, c->bytes));
    else broken(static_cast<unsigned char>(text.front()));
    text.remove_prefix(c ? c->bytes : 1);
  }
}

void append_escaped(std::string& to, std::string_view text, bool in_quotes) {
  const auto good = [&](std::uint32_t code, std::string_view raw) {
    if (code == '\\' || (code == '"' && in_quotes)) (to += '\\') += raw;
    else if (code == '\n') to += "\\n";
    else if (code == '\r') to += "\\r";
    else if (code == '\t') to += "\\t";
    else if (is_steering(code)) append_hex(to += "\\u", code, 4);
    else to += raw;
  };
  each_character(text, good, [&](unsigned char byte) { append_hex(to += "\\x", byte, 2); });
}

// A word of a line: in quotes when it would not read as one word.
void append_word(std::string& to, std::string_view text) {
  if (text.empty()) {
    to += "\"\"";
    return;
  }
  if (text.find_first_of(" =\"") == std::string_view::npos) return append_escaped(to, text, false);
  append_escaped(to += '"', text, true);
  to += '"';
}

void append_word_or_dash(std::string& to, std::string_view text) {
  if (text.empty()) to += '-';
  else append_word(to, text);
}

void append_json(std::string& to, std::string_view text) {
  to += '"';
  const auto good = [&](std::uint32_t code, std::string_view raw) {
    if (code == '\\' || code == '"') (to += '\\') += raw;
    else if (code == '\n') to += "\\n";
    else if (code == '\r') to += "\\r";
    else if (code == '\t') to += "\\t";
    else if (is_steering(code)) append_hex(to += "\\u", code, 4);
    else to += raw;
  };
  each_character(text, good, [&](unsigned char) { append_utf8(to, 0xfffd); });
  to += '"';
}

} // namespace

std::string text_line(const log_record& record) {
  std::string line;
  line.reserve(96 + record.message.size());
  append_time(line, record.time);
  (line += ' ') += name_of(record.level);
  append_word_or_dash(line += ' ', record.node);
  append_word_or_dash(line += ' ', record.actor);
  line += ' ';
  if (record.trace_id != 0) append_hex(line, record.trace_id, 16);
  else line += '-';
  append_escaped(line += ' ', record.message, false);
  for (const auto& field : record.fields) {
    append_word(line += ' ', field.name);
    append_word(line += '=', field.value);
  }
  return line;
}

std::string json_line(const log_record& record) {
  std::string line = R"({"time":")";
  append_time(line, record.time);
  ((line += R"(","level":")") += name_of(record.level)) += '"';
  append_json(line += R"(,"node":)", record.node);
  if (!record.actor.empty()) append_json(line += R"(,"actor":)", record.actor);
  if (record.trace_id != 0) {
    append_hex(line += R"(,"trace":")", record.trace_id, 16);
    line += '"';
  }
  append_json(line += R"(,"message":)", record.message);
  if (!record.fields.empty()) {
    line += R"(,"fields":)";
    char separator = '{';
    for (const auto& field : record.fields) {
      append_json(line += separator, field.name);
      append_json(line += ':', field.value);
      separator = ',';
    }
    line += '}';
  }
  return line += '}';
}

} // namespace pillar

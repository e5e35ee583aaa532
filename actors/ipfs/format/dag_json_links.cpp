#include "actors/ipfs/format/dag_json_links.hpp"

#include "interfaces/error.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <limits>
#include <string>

namespace pillar::ipfs::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t deepest = 512; // the parser recurses

[[noreturn]] void malformed_json(const std::string& why) {
  throw failure(errc::damaged, "malformed dag-json: " + why);
}

/// Takes what the parser finds, in order. The key "/" stands for a link or bytes, and is the only one of its map then.
struct link_finder {
  static constexpr auto max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr auto max_array_size = max_object_size;
  static constexpr auto max_key_size = max_object_size;
  static constexpr auto max_string_size = max_object_size;

  explicit link_finder(const std::function<void(const content_id&)>& v) : visit(v) {}

  const std::function<void(const content_id&)>& visit;
  std::string key;
  std::string text;
  bool in_slash = false; ///< the next value is that of the key "/"
  bool in_link = false;  ///< `text` is a link, and its map has to end

  bool begin_value() {
    if (in_link) malformed_json("a link has other keys beside it");
    return std::exchange(in_slash, false);
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return begin_value(), true; }
  bool on_object_end(std::size_t entries, json::error_code&) {
    if (!std::exchange(in_link, false)) return true;
    if (entries != 1) malformed_json("a link has other keys beside it");
    content_id link;
    try {
      link = content_id::parse(text);
    } catch (const failure& f) {
      malformed_json(f.message());
    }
    text.clear();
    visit(link);
    return true;
  }
  bool on_array_begin(json::error_code&) { return begin_value(), true; }
  bool on_array_end(std::size_t, json::error_code&) { return true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    key.append(part.data(), part.size());
    if (in_link) malformed_json("a link has other keys beside it");
    in_slash = key == "/";
    key.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    if (in_slash) text.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    if (in_slash) text.append(part.data(), part.size());
    in_link = begin_value();
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t, json::string_view, json::error_code&) { return begin_value(), true; }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code&) { return begin_value(), true; }
  bool on_double(double, json::string_view, json::error_code&) { return begin_value(), true; }
  bool on_bool(bool, json::error_code&) { return begin_value(), true; }
  bool on_null(json::error_code&) { return begin_value(), true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

} // namespace

void for_each_dag_json_link(bytes_view block, const std::function<void(const content_id&)>& visit) {
  json::parse_options options;
  options.max_depth = deepest;
  json::basic_parser<link_finder> parser(options, visit);
  json::error_code error;
  auto text = text_of(block);
  auto taken = parser.write_some(false, text.data(), text.size(), error);
  if (error) malformed_json(error.message());
  if (taken != text.size() || !parser.done()) malformed_json("something follows its end");
}

} // namespace pillar::ipfs::engine

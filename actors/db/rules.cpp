#include "actors/db/rules.hpp"

#include "actors/db/text.hpp"

namespace pillar::db {

namespace {

failure bad(std::string_view what, std::string_view name, std::string_view problem) {
  return {errc::bad_request, std::string(what) + " " + in_quotes(name) + " " + std::string(problem)};
}

std::optional<failure> check_text(std::string_view what, std::string_view text, std::size_t longest) {
  if (text.size() > longest) {
    return bad(what, text,
               "has " + std::to_string(text.size()) + " bytes: at most " + std::to_string(longest) + " are possible");
  }
  if (!is_utf8(text)) return bad(what, text, "is not UTF-8: encode or rename it");
  if (has_control_character(text)) return bad(what, text, "contains a control character: leave it out");
  return {};
}

std::optional<failure> check_space(std::string_view space) {
  if (space.empty()) return failure{errc::bad_request, "the name of the asking actor is empty: give it a name"};
  return check_text("actor name", space, longest_space);
}

std::optional<failure> check_part(std::string_view key, std::string_view part) {
  if (part.empty()) return bad("key", key, "has an empty part: write single slashes, and none at either end");
  if (part == "." || part == "..") return bad("key", key, "contains " + in_quotes(part) + ": use a plain name");
  return {};
}

std::optional<failure> check_key(std::string_view key) {
  if (key.empty()) return failure{errc::bad_request, "the key is empty: name the document"};
  if (auto wrong = check_text("key", key, longest_key)) return wrong;
  for (std::size_t begin = 0; begin <= key.size();) {
    auto end = std::min(key.find('/', begin), key.size());
    if (auto wrong = check_part(key, key.substr(begin, end - begin))) return wrong;
    begin = end + 1;
  }
  return {};
}

std::optional<failure> check_both(std::string_view space, std::string_view key) {
  auto wrong = check_space(space);
  return wrong ? wrong : check_key(key);
}

} // namespace

std::optional<failure> refusal(std::string_view space, const get& request) {
  return check_both(space, request.key);
}

std::optional<failure> refusal(std::string_view space, const remove& request) {
  return check_both(space, request.key);
}

std::optional<failure> refusal(std::string_view space, const put& request) {
  if (auto wrong = check_both(space, request.key)) return wrong;
  if (request.value.size() <= largest_value) return {};
  return failure{errc::too_large, "the value of " + in_quotes(request.key) + " has "
                                      + std::to_string(request.value.size()) + " bytes: at most "
                                      + std::to_string(largest_value)
                                      + " are possible; keep large content in IPFS and its CID here"};
}

std::optional<failure> refusal(std::string_view space, const list& request) {
  if (auto wrong = check_space(space)) return wrong;
  if (auto wrong = check_text("prefix", request.prefix, longest_key)) return wrong;
  if (auto wrong = check_text("\"after\"", request.after, longest_key)) return wrong;
  if (request.limit >= 1 && request.limit <= most_listed) return {};
  return failure{errc::bad_request, "limit " + std::to_string(request.limit) + " is not possible: ask for 1 to "
                                        + std::to_string(most_listed) + " entries a page"};
}

std::string first_listed(const list& request) {
  if (request.after < request.prefix) return request.prefix;
  // Nothing lies between a string and the same with a zero byte behind it.
  return request.after.empty() ? std::string() : request.after + '\0';
}

std::optional<failure> mismatch(std::string_view key, std::optional<revision> expected, revision current) {
  if (!expected || *expected == current) return {};
  if (current == 0) {
    return failure{errc::conflict, "there is no document " + in_quotes(key) + " (revision 0), and not one of revision "
                                       + std::to_string(*expected) + ": read it again"};
  }
  auto text = "document " + in_quotes(key) + " has revision " + std::to_string(current);
  if (*expected == 0) return failure{errc::conflict, text + ", but was to be new: read it, or use another key"};
  return failure{errc::conflict, text + ", not " + std::to_string(*expected) + ": read it again"};
}

failure no_document(std::string_view space, std::string_view key) {
  return {errc::not_found, "no document " + in_quotes(key) + " in the space of " + in_quotes(space)};
}

} // namespace pillar::db

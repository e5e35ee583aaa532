#include "interfaces/envelope.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <string>

namespace pillar {

namespace {
bool fits_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
         || std::string_view("-_./#").find(c) != std::string_view::npos;
}
} // namespace

actor_name::actor_name(std::string_view text) {
  if (text.empty() || text.size() > longest || !std::ranges::all_of(text, fits_a_name))
    throw failure(errc::bad_request, "\"" + std::string(text.substr(0, 80))
                                         + "\" cannot name an actor: use 1 to 31 characters of a-z, 0-9, - _ . / #");
  std::ranges::copy(text, text_.begin());
  size_ = static_cast<std::uint8_t>(text.size());
}

} // namespace pillar

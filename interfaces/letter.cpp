#include "interfaces/letter.hpp"

#include <caf/detail/dynamic_message_data.hpp>
#include <caf/make_counted.hpp>

namespace pillar {

namespace {
template <class Get> caf::message collect(std::size_t size, Get get) {
  caf::detail::dynamic_message_data::elements parts;
  for (std::size_t i = 0; i < size; ++i) parts.push_back(get(i));
  auto data = caf::make_counted<caf::detail::dynamic_message_data>(std::move(parts));
  return caf::message{caf::detail::message_data::cow_ptr{std::move(data)}};
}
} // namespace

caf::message letter::move_content_to_message() {
  return collect(size_, [this](std::size_t i) { return take(i); });
}

caf::message letter::copy_content_to_message() const {
  return collect(size_, [this](std::size_t i) { return copy(i); });
}

std::uint32_t letter::type_token() const noexcept { // CAF's hint: 6 bits for each built-in type, 0 for ours
  std::uint32_t token = ~0u;
  for (std::size_t i = 0; i < size_; ++i) token = caf::add_to_type_token(token, type(i).first);
  return token;
}

caf::mailbox_element_ptr error_letter(const failure& f) {
  return caf::make_mailbox_element(nullptr, {}, {}, to_caf_error(f));
}

caf::mailbox_element_ptr empty_letter() {
  return caf::make_mailbox_element(nullptr, {}, {}, caf::message{});
}

} // namespace pillar

#include "actors/key_manager/secret.hpp"

#include <algorithm>
#include <utility>

#include <string.h> // explicit_bzero

namespace pillar::key_manager {

secret::secret(std::string_view text) : text_(std::make_unique<char[]>(text.size() + 1)), size_(text.size()) {
  std::copy(text.begin(), text.end(), text_.get());
}

secret::secret(secret&& other) noexcept : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}

secret& secret::operator=(secret&& other) noexcept {
  std::swap(text_, other.text_);
  std::swap(size_, other.size_);
  return *this;
}

void secret::wipe() noexcept {
  if (text_) explicit_bzero(text_.get(), size_);
}

} // namespace pillar::key_manager

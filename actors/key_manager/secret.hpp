/// Text that must not outlive its use: a passphrase.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pillar::key_manager {

/// Owns text in memory that is wiped before it is given back. Moved, never copied by accident: clone() is the only
/// copy. It has no comparison, no output and no description, so it can neither be logged nor sent.
class secret {
public:
  secret() = default;
  /// Copies the text; wiping the source is the caller's.
  explicit secret(std::string_view text);
  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  ~secret() { wipe(); }

  secret clone() const { return secret(text()); }

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// Valid as long as the secret; a zero byte follows the text.
  std::string_view text() const noexcept { return {c_str(), size_}; }
  const char* c_str() const noexcept { return text_ ? text_.get() : ""; }

private:
  void wipe() noexcept;

  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
};

} // namespace pillar::key_manager

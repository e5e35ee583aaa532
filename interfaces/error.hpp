/// What can go wrong: one enum of documented codes, `failure` as the value and exception that carries one, and
/// `result<T>`, which holds either a T or a failure. Engines use this header; it knows nothing of CAF.
#pragma once

#include <boost/describe/enum.hpp>

#include <cassert>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pillar {

/// Every error that a request can answer. The numbers travel between nodes: never reuse or renumber one.
enum class errc : std::uint8_t {
  expired = 1,         ///< the deadline passed before the answer came
  abandoned,           ///< the worker ended, or dropped the request, without answering
  unavailable,         ///< no worker serves the interface now, or a peer, disk or daemon cannot be reached
  overloaded,          ///< the worker's inbox, or the pool behind it, is full: try again later
  not_granted,         ///< the configuration does not grant the interface to this plugin
  bad_request,         ///< the request, option or text is malformed
  unknown_request,     ///< the worker's interface has no such request
  incompatible,        ///< the peer's interface differs from this program's
  not_found,           ///< no such key, block, file or name
  conflict,            ///< the document's revision is not the expected one
  already_exists,      ///< the target is there already and is not overwritten
  too_large,           ///< a documented size limit is exceeded
  storage_full,        ///< the disk, or the quota, is full: what was acknowledged is safe
  read_only,           ///< the place cannot be written
  in_use,              ///< another node or process holds the data directory
  damaged,             ///< stored data does not verify: it is never served and never deleted
  unsupported,         ///< a format, version or option that this program does not know
  verification_failed, ///< a signature does not verify
  cancelled,           ///< the asking side gave up, or the node is stopping
  io_error,            ///< the operating system reported an error
  internal,            ///< a defect: an exception that no contract names
};
BOOST_DESCRIBE_ENUM(errc, expired, abandoned, unavailable, overloaded, not_granted, bad_request, unknown_request,
                    incompatible, not_found, conflict, already_exists, too_large, storage_full, read_only, in_use,
                    damaged, unsupported, verification_failed, cancelled, io_error, internal)

/// The stable text name of a code: "not_found". "unknown" for a number that has no name here.
std::string_view name_of(errc code) noexcept;

/// The sentence that documents a code, as `pillar describe errors` prints it.
std::string_view meaning_of(errc code) noexcept;

/// An error as a value, and as the exception that `co_await ask(...)` throws. The message names the thing, what was
/// wrong and what to do: `key "a/../b" contains "..": use a plain name`.
class failure : public std::exception {
public:
  failure(errc code, std::string message) : code_(code), message_(std::move(message)) {}

  errc code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

  bool operator==(const failure& other) const { return code_ == other.code_ && message_ == other.message_; }

private:
  errc code_;
  std::string message_;
};

/// Thrown by a handler, or by a plugin's `run`, when the actor itself is broken and must be restarted: the caller gets
/// this failure, and the actor ends. Every other exception only answers the caller.
class worker_failure : public failure {
public:
  using failure::failure;
};

bool is_worker_failure(const std::exception_ptr& thrown);

/// "not_found: no block bafk...": the code's name and the message, for logs and people.
std::string to_string(const failure& f);

/// What a caught exception means to a caller: a failure as it is, a full disk or a missing file by its errno, anything
/// else as `internal` with the exception's text. For the edges of engines and for handlers.
failure to_failure(const std::exception_ptr& thrown);

/// The failure behind an errno value: ENOSPC and EDQUOT are storage_full, EROFS, EACCES and EPERM read_only, ENOENT
/// not_found, others io_error. `what` names the thing and the action: "cannot write /data/ipfs/0001.car".
failure failure_of_errno(int number, std::string_view what);

/// A value, or the failure that prevented it.
template <class T> class [[nodiscard]] result {
public:
  using value_type = T;

  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  result(failure f) : content_(std::in_place_index<1>, std::move(f)) {}
  template <class U>
    requires std::is_constructible_v<T, U&&> && (!std::is_same_v<std::remove_cvref_t<U>, result>)
             && (!std::is_base_of_v<failure, std::remove_cvref_t<U>>)
  result(U&& value) : content_(std::in_place_index<0>, std::forward<U>(value)) {}

  bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; there must be one.
  T& operator*() & { return assert(has_value()), *std::get_if<0>(&content_); }
  const T& operator*() const& { return assert(has_value()), *std::get_if<0>(&content_); }
  T&& operator*() && { return assert(has_value()), std::move(*std::get_if<0>(&content_)); }
  T* operator->() { return assert(has_value()), std::get_if<0>(&content_); }
  const T* operator->() const { return assert(has_value()), std::get_if<0>(&content_); }

  /// The value, or the failure as an exception.
  T& value() & { return check(), *std::get_if<0>(&content_); }
  const T& value() const& { return check(), *std::get_if<0>(&content_); }
  T&& value() && { return check(), std::move(*std::get_if<0>(&content_)); }

  /// The failure; there must be one.
  const failure& error() const& { return assert(!has_value()), *std::get_if<1>(&content_); }
  failure&& error() && { return assert(!has_value()), std::move(*std::get_if<1>(&content_)); }

private:
  void check() const {
    if (!has_value()) throw *std::get_if<1>(&content_);
  }
  std::variant<T, failure> content_;
};

/// Success without a value, or a failure.
template <> class [[nodiscard]] result<void> {
public:
  using value_type = void;

  result() = default;
  result(failure f) : content_(std::in_place_index<1>, std::move(f)) {}

  bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (!has_value()) throw *std::get_if<1>(&content_);
  }
  const failure& error() const& { return assert(!has_value()), *std::get_if<1>(&content_); }
  failure&& error() && { return assert(!has_value()), std::move(*std::get_if<1>(&content_)); }

private:
  std::variant<std::monostate, failure> content_;
};

} // namespace pillar

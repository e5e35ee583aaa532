/// A thin layer over RNP's C API: owners for its handles, errors as exceptions, and the rules that every use of it
/// keeps. It knows nothing of what the keys are for.
///
/// Thread rule: an ffi and every handle made from it belong to one owner; RNP does no locking of its own. Different
/// ffis may be used at the same time. RNP has assertions that end the process: give it only what has passed a size
/// limit.
#pragma once

#include "interfaces/error.hpp"
#include "interfaces/interface.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

namespace pillar::key_manager::rnp {

template <auto Destroy> struct destroyer {
  template <class Handle> void operator()(Handle* handle) const noexcept { Destroy(handle); }
};
template <class Handle, auto Destroy> using owner = std::unique_ptr<std::remove_pointer_t<Handle>, destroyer<Destroy>>;

using ffi = owner<rnp_ffi_t, rnp_ffi_destroy>;
using key = owner<rnp_key_handle_t, rnp_key_handle_destroy>;
using uid = owner<rnp_uid_handle_t, rnp_uid_handle_destroy>;
using input = owner<rnp_input_t, rnp_input_destroy>;
using output = owner<rnp_output_t, rnp_output_destroy>;
using signing = owner<rnp_op_sign_t, rnp_op_sign_destroy>;
using verification = owner<rnp_op_verify_t, rnp_op_verify_destroy>;
using generation = owner<rnp_op_generate_t, rnp_op_generate_destroy>;
using signature = owner<rnp_signature_handle_t, rnp_signature_handle_destroy>;
using iterator = owner<rnp_identifier_iterator_t, rnp_identifier_iterator_destroy>;

/// Throws failure with `code` unless RNP succeeded: "cannot ACTION: what RNP says".
void check(rnp_result_t outcome, errc code, std::string_view action);

/// A value that an RNP function gives by its last argument: `got<bool>(rnp_key_is_valid, key)`. A failure of such a
/// question about a live handle is a defect.
template <class T, class F, class... Args> T got(F function, Args... args) {
  T value{};
  check(function(args..., &value), errc::internal, "ask RNP");
  return value;
}

/// The same for an owner of a handle: `made<rnp::key>(rnp_key_get_subkey_at, primary, 0)`.
template <class Owner, class F, class... Args> Owner made(F function, Args... args) {
  return Owner(got<typename Owner::pointer>(function, args...));
}

/// The same for text: `text(rnp_key_get_fprint, key)`.
template <class F, class... Args> std::string text(F function, Args... args) {
  owner<char*, rnp_buffer_destroy> buffer(got<char*>(function, args...));
  return buffer ? buffer.get() : std::string();
}

/// An empty key store that accepts no MD5, SHA-1 or RIPEMD-160 signature, whatever its date. Throws failure
/// unsupported when this RNP must not be used.
ffi make_ffi();

/// Throws failure unsupported for the release that encrypts with an all-zero key (0.18.0, CVE-2025-13470).
void require_sound_version(std::uint32_t version);

/// Borrows the bytes.
input read_from(std::span<const std::byte> content);

/// What collects an output of at most `most` bytes in memory.
output collect(std::size_t most);
bytes collected(const output& from);

/// The time by which RNP judges what is expired or from the future, in seconds since 1970.
void set_clock(const ffi& in, std::chrono::seconds now);

/// The primary keys in a store.
std::vector<key> primaries(const ffi& in);
std::vector<key> subkeys(const key& primary);

/// A key's own fingerprint: 40 upper-case hexadecimal digits.
std::string fingerprint(rnp_key_handle_t of);
/// The fingerprint of the primary key that a key is, or belongs to.
std::string primary_fingerprint(rnp_key_handle_t of);

} // namespace pillar::key_manager::rnp

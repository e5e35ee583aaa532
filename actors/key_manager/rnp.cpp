#include "actors/key_manager/rnp.hpp"

#include "actors/key_manager/rnp_log.hpp"

#include <algorithm>

namespace pillar::key_manager::rnp {

namespace {

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return 'a' <= c && c <= 'f' ? char(c - 32) : c; });
  return text;
}

key locate(const ffi& in, const char* fingerprint) {
  return made<key>(rnp_locate_key, in.get(), "fingerprint", fingerprint);
}

} // namespace

void check(rnp_result_t outcome, errc code, std::string_view action) {
  if (outcome == RNP_SUCCESS) return;
  throw failure(code, "cannot " + std::string(action) + ": " + rnp_result_to_string(outcome));
}

void require_sound_version(std::uint32_t version) {
  if (version != rnp_version_for(0, 18, 0)) return;
  throw failure(errc::unsupported, "RNP 0.18.0 encrypts with a key of zeros (CVE-2025-13470): install another version");
}

ffi make_ffi() {
  require_sound_version(rnp_version());
  silence_rnp_log();
  auto made_ffi = ffi(got<rnp_ffi_t>([](rnp_ffi_t* to) { return rnp_ffi_create(to, "GPG", "GPG"); }));
  // RNP itself still accepts them in signatures of earlier years, and keeps what it concluded when a key was loaded.
  for (auto weak : {"MD5", "SHA1", "RIPEMD160"}) {
    check(rnp_add_security_rule(made_ffi.get(), RNP_FEATURE_HASH_ALG, weak, RNP_SECURITY_OVERRIDE, 0,
                                RNP_SECURITY_PROHIBITED),
          errc::internal, "forbid a weak hash");
  }
  return made_ffi;
}

input read_from(std::span<const std::byte> content) {
  rnp_input_t made_input = nullptr;
  auto done = [](rnp_result_t outcome) { check(outcome, errc::internal, "read from memory"); };
  if (content.empty()) { // which rnp_input_from_memory refuses
    auto nothing = [](void*, void*, std::size_t, std::size_t* read) { return *read = 0, true; };
    done(rnp_input_from_callback(&made_input, nothing, nullptr, nullptr));
  } else {
    auto begin = reinterpret_cast<const std::uint8_t*>(content.data());
    done(rnp_input_from_memory(&made_input, begin, content.size(), false));
  }
  return input(made_input);
}

output collect(std::size_t most) {
  rnp_output_t made_output = nullptr;
  check(rnp_output_to_memory(&made_output, most), errc::internal, "write to memory");
  return output(made_output);
}

bytes collected(const output& from) {
  std::uint8_t* begin = nullptr;
  std::size_t size = 0;
  check(rnp_output_memory_get_buf(from.get(), &begin, &size, false), errc::internal, "read what was written");
  auto data = reinterpret_cast<const std::byte*>(begin);
  return {data, data + size};
}

void set_clock(const ffi& in, std::chrono::seconds now) {
  check(rnp_set_timestamp(in.get(), static_cast<std::uint64_t>(now.count())), errc::internal, "set the time");
}

std::vector<key> primaries(const ffi& in) {
  std::vector<key> found;
  rnp_identifier_iterator_t created = nullptr;
  check(rnp_identifier_iterator_create(in.get(), &created, "fingerprint"), errc::internal, "list keys");
  iterator all(created);
  for (;;) {
    const char* next = nullptr; // belongs to the iterator
    check(rnp_identifier_iterator_next(all.get(), &next), errc::internal, "list keys");
    if (!next) return found;
    auto one = locate(in, next);
    if (got<bool>(rnp_key_is_primary, one.get())) found.push_back(std::move(one));
  }
}

std::vector<key> subkeys(const key& primary) {
  std::vector<key> found;
  auto count = got<std::size_t>(rnp_key_get_subkey_count, primary.get());
  for (std::size_t i = 0; i < count; ++i) found.push_back(made<key>(rnp_key_get_subkey_at, primary.get(), i));
  return found;
}

std::string fingerprint(rnp_key_handle_t of) {
  return upper_case(text(rnp_key_get_fprint, of));
}

std::string primary_fingerprint(rnp_key_handle_t of) {
  if (got<bool>(rnp_key_is_primary, of)) return fingerprint(of);
  return upper_case(text(rnp_key_get_primary_fprint, of));
}

} // namespace pillar::key_manager::rnp

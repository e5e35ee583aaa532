#include "interfaces/inspect.hpp"

#include <boost/json/serialize.hpp>

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/execution_unit.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/sec.hpp>

#include <algorithm>

namespace pillar {

namespace {
constexpr auto category = caf::atom("pillar");
constexpr std::size_t largest_step = 1 << 20; // a forged length reserves one step at most

std::string text_of(const caf::error& e) {
  return caf::to_string(e);
}

failure from_system_error(caf::sec code, const caf::error& e) {
  switch (code) {
    case caf::sec::request_receiver_down: return {errc::unavailable, "the worker is down"};
    case caf::sec::request_timeout: return {errc::expired, "no answer in time"};
    case caf::sec::unexpected_message: return {errc::unknown_request, "the worker does not know this message"};
    case caf::sec::runtime_error: return {errc::internal, text_of(e)};
    case caf::sec::remote_lookup_failed:
    case caf::sec::no_route_to_receiving_node:
    case caf::sec::cannot_connect_to_node: return {errc::unavailable, text_of(e)};
    default: return {errc::internal, text_of(e)};
  }
}
} // namespace

caf::error to_caf_error(const failure& f) {
  return {static_cast<std::uint8_t>(f.code()), category, caf::make_message(f.message())};
}

failure from_caf_error(const caf::error& e) {
  if (!e) return {errc::abandoned, "the worker ended"}; // CAF's "no error" has no category to ask for
  if (e.category() == category) {
    auto& context = e.context();
    auto code = static_cast<errc>(e.code());
    if (name_of(code) == "unknown") code = errc::internal; // from a newer peer
    return {code,
            context.match_elements<std::string>() ? context.get_as<std::string>(0) : std::string(meaning_of(code))};
  }
  if (e.category() == caf::atom("system")) return from_system_error(static_cast<caf::sec>(e.code()), e);
  if (e.category() == caf::atom("exit")) return {errc::abandoned, "the worker ended: " + text_of(e)};
  return {errc::internal, text_of(e)};
}

namespace detail {

instant clock_of(caf::execution_unit* context) {
  return context ? context->system().clock().now() : std::chrono::steady_clock::now();
}

caf::error save_block(std::span<const std::byte> data, caf::serializer& sink) {
  auto size = data.size();
  if (auto e = sink.begin_sequence(size)) return e;
  if (size > 0)
    if (auto e = sink.apply_raw(size, const_cast<std::byte*>(data.data()))) return e;
  return sink.end_sequence();
}

caf::error load_block(bytes& data, caf::deserializer& source) {
  std::size_t size = 0;
  if (auto e = source.begin_sequence(size)) return e;
  for (std::size_t at = 0; at < size; at += largest_step) {
    data.resize(std::min(size, at + largest_step));
    if (auto e = source.apply_raw(data.size() - at, data.data() + at))
      return to_caf_error({errc::bad_request, "the data ends too early"});
  }
  return source.end_sequence();
}

} // namespace detail

std::string printed(const layout& l, std::span<const std::byte> data) {
  decoder from{data};
  return boost::json::serialize(to_json(l, from));
}

} // namespace pillar

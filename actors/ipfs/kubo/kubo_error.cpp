#include "actors/ipfs/kubo/kubo_error.hpp"

#include "actors/ipfs/format/bytes_view.hpp"

#include <boost/json/parse.hpp>

namespace pillar::ipfs::engine {
namespace {

/// A text that Kubo's messages contain (0.11 to 0.44, and boxo below it), what it means, and what to do about it.
struct known_message {
  std::string_view part;
  errc code;
  std::string_view advice = {};
};

// The first that fits counts, so what is more special stands before what is more general.
constexpr known_message known_messages[] = {
    {"no space left on device", errc::storage_full, "make room on the daemon's disk"},
    {"maximum storage limit exceeded", errc::storage_full, "raise Datastore.StorageMax, or collect garbage"},
    {"read-only file system", errc::read_only, "the daemon cannot write its repository"},
    {"permission denied", errc::read_only, "check who owns the daemon's repository"},
    {"experimental pubsub feature not enabled", errc::unsupported, "set Pubsub.Enabled in the daemon's configuration"},
    {"online mode", errc::unavailable, "start the daemon without --offline"},
    {"no connected peers", errc::unavailable, "connect the daemon to the network"},
    {"context deadline exceeded", errc::not_found, "nobody gave it in the time for it"}, // ours: the option `timeout`
    {"context canceled", errc::cancelled},
    {"not pinned", errc::not_found},
    {"is pinned", errc::conflict},
    {"pinned: ", errc::conflict},
    {"pinned via", errc::conflict},
    {"already pinned", errc::conflict},
    {"could not find", errc::not_found},
    {"not found", errc::not_found},
    {"no link named", errc::not_found},
    {"failed to fetch all nodes", errc::not_found}, // boxo, ipld/merkledag: of several, some are not there
    {"is a directory", errc::bad_request},
    {"is not a directory", errc::bad_request},
    {"over 1MiB", errc::too_large},
    {"over 2MiB", errc::too_large},
    {"max 255 bytes", errc::too_large},
    {"invalid", errc::bad_request},
    {"not a valid", errc::bad_request},
    {"is required", errc::bad_request},
    {"could not convert", errc::bad_request},
    {"unrecognized", errc::unsupported},
    {"not supported", errc::unsupported},
};

/// Daemons quote names as they are; a message must not play tricks on a terminal.
std::string printable(std::string_view text) {
  constexpr std::size_t longest = 1000;
  std::string out;
  for (auto c : text.substr(0, longest)) {
    auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

failure described(errc code, const kubo_place& at, std::string_view message, std::string_view advice) {
  return failure(code, at.text() + ": " + printable(message) + (advice.empty() ? "" : ": ") + std::string(advice));
}

} // namespace

failure failure_of_message(const kubo_place& at, std::string_view message) {
  for (const auto& known : known_messages)
    if (message.find(known.part) != message.npos) return described(known.code, at, message, known.advice);
  return described(errc::io_error, at, message.empty() ? "it failed without a word" : message, {});
}

failure failure_of_status(const kubo_place& at, unsigned status, std::string_view body) {
  constexpr std::string_view no_api = "this is not Kubo's RPC API: check the address (a gateway's port serves no RPC)";
  auto number = std::to_string(status);
  boost::system::error_code error;
  auto value = boost::json::parse({body.data(), body.size()}, error);
  if (auto message = error ? "" : error_message(value); !message.empty()) return failure_of_message(at, message);
  switch (status) {
    case 401:
    case 403:
      return described(errc::not_granted, at, "it refuses (" + number + " " + printable(body) + ")",
                       "give the token that its configuration names in API.Authorizations");
    case 404:
      return described(errc::unsupported, at, "it does not know this request (404)",
                       "it is too old, or no Kubo: check the address");
    case 429: return described(errc::overloaded, at, "it has too many requests (429)", "try again later");
    case 502:
    case 503:
    case 504: return described(errc::unavailable, at, "what stands before it cannot reach it (" + number + ")", {});
    case 400:
    case 500: return failure_of_message(at, body);
    default: return described(errc::unsupported, at, "it answers with status " + number, no_api);
  }
}

std::string error_message(const boost::json::value& value) {
  const auto* object = value.if_object();
  if (!object) return {};
  const auto* type = object->if_contains("Type");
  const auto* message = object->if_contains("Message");
  if (!message || !message->is_string() || !type || !type->is_string() || type->get_string() != "error") return {};
  return message->get_string().empty() ? "an error without a message" : std::string(message->get_string());
}

} // namespace pillar::ipfs::engine

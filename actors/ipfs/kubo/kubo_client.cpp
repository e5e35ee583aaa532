#include "actors/ipfs/kubo/kubo_client.hpp"

#include "actors/ipfs/kubo/multipart.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

// Kubo of September 2024. Before it, `pin/ls` knows no names, and an add's options miss some that decide its CID.
constexpr std::array<unsigned, 2> oldest_version{0, 30};

void refuse_option(const char* what) {
  throw failure(errc::bad_request, std::string("Kubo option ") + what);
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

std::string encode_base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0'); // a NUL is written behind it
  auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                              reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// The value of the field Authorization, from the forms that Kubo's own configuration knows.
std::string authorization(std::string_view token) {
  if (token.empty()) return {};
  if (!is_plain(token)) refuse_option("token holds a character that no token has: check the file it comes from");
  if (token.starts_with("basic:")) {
    token.remove_prefix(6);
    return "Basic " + (token.find(':') == token.npos ? std::string(token) : encode_base64(token));
  }
  if (token.starts_with("bearer:")) token.remove_prefix(7);
  return "Bearer " + std::string(token);
}

std::string host_of(const kubo_address& a) {
  if (a.is_unix()) return "localhost";
  auto host = a.host.find(':') == a.host.npos ? a.host : "[" + a.host + "]";
  return host + ":" + std::to_string(a.port);
}

wait_limit limit_of(std::chrono::milliseconds time) {
  if (time.count() == 0) return {};
  return std::chrono::steady_clock::now() + time;
}

/// What comes first: both may be missing.
wait_limit sooner(wait_limit a, wait_limit b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// "0.39.0-dev" as {0, 39}; none for anything else.
std::optional<std::array<unsigned, 2>> parse_version(std::string_view text) {
  std::array<unsigned, 2> numbers{};
  const auto* at = text.data();
  const auto* end = at + text.size();
  for (auto& number : numbers) {
    if (&number != numbers.data()) {
      if (at == end || *at != '.') return {};
      ++at;
    }
    auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return {};
    at = next;
  }
  return numbers;
}

} // namespace

std::string kubo_duration(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + "ms";
}

kubo_client::kubo_client(kubo_client_options options)
    : options_(std::move(options)), authorization_(authorization(options_.token)) {
  // Kubo refuses browsers, and programs that claim to be another version of itself.
  const auto& agent = options_.agent;
  if (agent.empty() || !is_plain(agent) || agent.starts_with("Mozilla") || agent.find("/kubo/") != agent.npos
      || agent.find("/go-ipfs/") != agent.npos)
    refuse_option("agent must be a name that does not begin with \"Mozilla\" or contain \"/kubo/\"");
  if (!options_.api.empty()) kubo_address::parse(options_.api);
  else if (options_.repository.empty()) options_.repository = default_kubo_repository();
}

kubo_connection kubo_client::connect(wait_limit until, const std::stop_token& stop) const {
  if (stop.stop_requested()) throw failure(errc::cancelled, "the request to the Kubo daemon was stopped");
  auto address =
      options_.api.empty() ? kubo_address::of_repository(options_.repository) : kubo_address::parse(options_.api);
  return {stream_socket::connect(address, until, stop), std::move(address.text), host_of(address)};
}

std::string kubo_client::head(const kubo_request& request, const kubo_connection& connection,
                              const http_fields& fields) const {
  auto target = "/api/v0/" + request.command;
  char separator = '?';
  for (const auto& [name, value] : request.arguments) {
    target += separator + percent_encoded(name) + "=" + percent_encoded(value);
    separator = '&';
  }
  http_fields all{{"Host", connection.host}, {"User-Agent", options_.agent}};
  if (!authorization_.empty()) all.emplace_back("Authorization", authorization_);
  all.insert(all.end(), fields.begin(), fields.end());
  return post_head(target, all);
}

kubo_client::attempt kubo_client::send(const kubo_request& request, const http_fields& fields, bytes_view body,
                                       wait_limit until) const {
  auto limits = request.limits.value_or(options_.limits);
  auto waiting = connections_->take();
  auto is_used = waiting.has_value();
  auto connection = is_used ? std::move(*waiting) : connect(sooner(until, limit_of(limits.connect)), request.stop);
  auto text = head(request, connection, fields);
  text += text_of(body);
  kubo_place place{connection.address, request.command};
  return {kubo_reply(std::move(connection), connections_, std::move(text), {}, limits, until, request.stop,
                     std::move(place)),
          is_used};
}

kubo_reply kubo_client::ask(const kubo_request& request, http_fields fields, bytes_view body) const {
  auto until = limit_of(request.limits.value_or(options_.limits).total);
  fields.emplace_back("Content-Length", std::to_string(body.size()));
  for (;;) {
    auto [reply, is_used] = send(request, fields, body, until);
    try {
      reply.begin();
      return std::move(reply);
    } catch (const failure& f) {
      // The daemon closed it at the moment when we began to use it again.
      if (!is_used || !request.repeatable || f.code() != errc::unavailable || reply.has_begun()) throw;
    }
  }
}

kubo_reply kubo_client::ask_ahead(const kubo_request& request) const {
  auto until = limit_of(request.limits.value_or(options_.limits).total);
  auto reply = send(request, {{"Content-Length", "0"}}, {}, until).reply;
  reply.start();
  return reply;
}

kubo_reply kubo_client::ask(const kubo_request& request) const {
  return ask(request, http_fields{}, {});
}

kubo_reply kubo_client::ask(const kubo_request& request, bytes_view content) const {
  std::string body;
  multipart_writer form([&](bytes_view piece) { body += text_of(piece); });
  form.file("");
  form.content(content);
  form.finish();
  return ask(request, {{"Content-Type", form.content_type()}}, view_of(body));
}

kubo_reply kubo_client::open(const kubo_request& request, std::string_view content_type, content_source content) const {
  auto limits = request.limits.value_or(options_.limits);
  auto until = limit_of(limits.total);
  auto connection = connect(sooner(until, limit_of(limits.connect)), request.stop);
  http_fields fields{{"Connection", "close"}};
  if (content) {
    fields.emplace_back("Content-Type", content_type);
    fields.emplace_back("Transfer-Encoding", "chunked");
  } else {
    fields.emplace_back("Content-Length", "0");
  }
  auto text = head(request, connection, fields);
  kubo_place place{connection.address, request.command};
  return kubo_reply(std::move(connection), nullptr, std::move(text), std::move(content), limits, until, request.stop,
                    std::move(place));
}

std::string kubo_client::check_version(const std::stop_token& stop) const {
  auto reply = ask({.command = "version", .stop = stop});
  auto place = reply.place();
  auto version = text_in(reply.json(), "Version");
  auto numbers = parse_version(version);
  if (!numbers)
    throw failure(errc::unsupported, place.text() + ": it names no version, so it is no Kubo: check the address");
  if (*numbers < oldest_version)
    throw failure(errc::unsupported, "Kubo daemon at " + place.address + ": its version " + version
                                         + " is too old: install Kubo 0.30 or newer");
  return version;
}

} // namespace pillar::ipfs::engine

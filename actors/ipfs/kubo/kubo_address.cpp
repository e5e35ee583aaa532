#include "actors/ipfs/kubo/kubo_address.hpp"

#include "actors/ipfs/format/bytes_view.hpp"
#include "actors/ipfs/system/file_system.hpp"
#include "interfaces/error.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

namespace pillar::ipfs::engine {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw failure(errc::bad_request, "the address " + in_quotes(text) + " of the Kubo daemon's API " + std::string(why)
                                       + R"(: write it like "/ip4/127.0.0.1/tcp/5001" or "/unix/run/ipfs.sock")");
}

[[noreturn]] void refuse_tls(std::string_view text) {
  throw failure(errc::unsupported, "the address " + in_quotes(text)
                                       + " of the Kubo daemon's API asks for TLS, which this program does not speak "
                                         "with Kubo: go through a tunnel, such as ssh -L 5001:localhost:5001");
}

std::uint16_t parse_port(std::string_view text, std::string_view port) {
  std::uint16_t number = 0;
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0)
    refuse(text, "has the port " + in_quotes(port));
  return number;
}

/// A server that listens on all addresses is reached on this machine's own.
std::string reachable(std::string_view host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return std::string(host);
}

std::string_view take_part(std::string_view& rest) {
  auto slash = rest.find('/');
  return std::exchange(rest, slash == rest.npos ? std::string_view() : rest.substr(slash + 1)).substr(0, slash);
}

kubo_address parse_multiaddress(std::string_view text) {
  kubo_address out{.text = std::string(text)};
  auto rest = text.substr(1);
  auto protocol = take_part(rest);
  if (protocol == "unix") {
    if (rest.empty()) refuse(text, "names no socket");
    out.socket_path = "/" + std::string(rest);
    return out;
  }
  if (protocol != "ip4" && protocol != "ip6" && protocol != "dns" && protocol != "dns4" && protocol != "dns6")
    refuse(text, "begins with " + in_quotes(protocol) + ", which is no way to an API");
  out.host = reachable(take_part(rest));
  if (out.host.empty()) refuse(text, "names no host");
  if (take_part(rest) != "tcp") refuse(text, "names no TCP port");
  out.port = parse_port(text, take_part(rest));
  if (rest.starts_with("https") || rest.starts_with("tls")) refuse_tls(text);
  if (!rest.empty() && rest != "http") refuse(text, "goes on with " + in_quotes(rest));
  return out;
}

kubo_address parse_url(std::string_view text) {
  auto rest = text;
  if (rest.starts_with("https://")) refuse_tls(text);
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  auto colon = rest.rfind(':');
  if (colon == rest.npos) refuse(text, "names no port");
  kubo_address out{.text = std::string(text), .port = parse_port(text, rest.substr(colon + 1))};
  auto host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("/@[]") != host.npos) refuse(text, "has the host " + in_quotes(host));
  out.host = reachable(host);
  return out;
}

} // namespace

kubo_address kubo_address::parse(std::string_view text) {
  if (text.find('\0') != text.npos) refuse(text, "contains a NUL");
  return text.starts_with('/') ? parse_multiaddress(text) : parse_url(text);
}

kubo_address kubo_address::of_repository(const std::filesystem::path& repository) {
  auto file = repository / "api";
  std::string text;
  try {
    text = read_small_file(system_files(), file);
  } catch (const failure& f) {
    if (f.code() != errc::not_found) throw failure(errc::unavailable, f.message() + ": name the address of Kubo's API");
    throw failure(errc::unavailable, "no Kubo daemon runs here, for there is no file " + file.string()
                                         + ": start it with `ipfs daemon`, or name the address of its API");
  }
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.pop_back();
  try {
    return parse(text);
  } catch (const failure& f) {
    throw failure(f.code(), f.message() + " (it comes from " + file.string() + ")");
  }
}

std::filesystem::path default_kubo_repository() {
  if (const auto* path = std::getenv("IPFS_PATH"); path && *path) return path;
  if (const auto* home = std::getenv("HOME"); home && *home) return std::filesystem::path(home) / ".ipfs";
  throw failure(errc::unavailable, "no Kubo daemon can be looked for without HOME or IPFS_PATH in the environment: set "
                                   "one of them, or name the address of Kubo's API");
}

} // namespace pillar::ipfs::engine

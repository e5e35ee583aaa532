#include "runtime/configuration.hpp"

namespace pillar {

bool configuration_section::flag(std::string_view key) const {
  return all_.flag(full(key));
}

std::int64_t configuration_section::integer(std::string_view key) const {
  return all_.integer(full(key));
}

std::uint64_t configuration_section::size(std::string_view key) const {
  return all_.size(full(key));
}

std::chrono::nanoseconds configuration_section::duration(std::string_view key) const {
  return all_.duration(full(key));
}

std::string configuration_section::text(std::string_view key) const {
  return all_.text(full(key));
}

std::filesystem::path configuration_section::path(std::string_view key) const {
  return all_.path(full(key));
}

std::vector<std::string> configuration_section::list(std::string_view key) const {
  return all_.list(full(key));
}

bool configuration_section::flag(std::string_view key, bool fallback) const {
  return has(key) ? flag(key) : fallback;
}

std::int64_t configuration_section::integer(std::string_view key, std::int64_t fallback) const {
  return has(key) ? integer(key) : fallback;
}

std::uint64_t configuration_section::size(std::string_view key, std::uint64_t fallback) const {
  return has(key) ? size(key) : fallback;
}

std::chrono::nanoseconds configuration_section::duration(std::string_view key,
                                                         std::chrono::nanoseconds fallback) const {
  return has(key) ? duration(key) : fallback;
}

std::string configuration_section::text(std::string_view key, std::string_view fallback) const {
  return has(key) ? text(key) : std::string(fallback);
}

std::filesystem::path configuration_section::path(std::string_view key, const std::filesystem::path& fallback) const {
  return has(key) ? path(key) : fallback;
}

std::vector<std::string> configuration_section::list(std::string_view key,
                                                     const std::vector<std::string>& fallback) const {
  return has(key) ? list(key) : fallback;
}

bool configuration_section::has(std::string_view key) const {
  return all_.has(full(key));
}

std::vector<std::string> configuration_section::keys() const {
  return all_.keys_below(prefix_);
}

} // namespace pillar

#include "tests/interop/random_tree.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

namespace pillar::test {

namespace fs = std::filesystem;

std::uint64_t fresh_seed() {
  if (const auto* given = std::getenv("PILLAR_TEST_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

std::string random_tree::content(std::size_t size) {
  std::string out(size, '\0');
  std::ranges::generate(out, [this] { return static_cast<char>(random_()); });
  return out;
}

std::size_t random_tree::size() {
  constexpr std::array<std::size_t, 15> sizes{0,       1,       31,      32,      127,     128,         129,    1000,
                                              262'130, 262'143, 262'144, 262'145, 524'288, 524'288 + 1, 786'433};
  // Large ones are rare, or everything would take long.
  auto most = below(8) == 0 ? sizes.size() : std::size_t{8};
  return sizes[below(most)];
}

std::string random_tree::name() {
  static const std::array<std::string, 22> odd{
      "a",   "file.txt", "with space",   "two  spaces ", " front", "line\nbreak", "tab\t",  "quote\"",
      "'",   "100%",     "%2F",          "a+b",          "a&b=c",  "semi;colon",  "back\\", "-r",
      "..a", "ünïcödé",  "\xe2\x82\xac", "\xff\xfe",     "con",    "name=\"x\""};
  auto out = odd[below(odd.size())];
  if (below(20) == 0) return out + std::string(255 - out.size(), 'x');
  return below(2) == 0 ? out : out + std::to_string(below(1000));
}

void random_tree::make(const fs::path& root, int entries) {
  fs::create_directories(root);
  std::vector<fs::path> directories{root};
  for (int i = 0; i < entries; ++i) {
    // The last ones more often, which makes some trees deep.
    auto& directory = directories[below(2) ? directories.size() - 1 : below(directories.size())];
    auto path = directory / name();
    if (fs::exists(fs::symlink_status(path))) continue;
    switch (below(8)) {
      case 0:
      case 1: fs::create_directory(path), directories.push_back(path); break;
      case 2: fs::create_symlink(below(2) || directory == root ? name() : "../" + name(), path); break;
      default: std::ofstream(path, std::ios::binary) << content(size());
    }
  }
}

std::string tree_text(const fs::path& root) {
  std::vector<std::string> lines;
  auto add = [&](const fs::path& path) {
    auto line = path.lexically_relative(root).string();
    auto status = fs::symlink_status(path);
    if (fs::is_symlink(status)) {
      line += " -> " + fs::read_symlink(path).string();
    } else if (fs::is_directory(status)) {
      line += "/";
    } else {
      std::ifstream in(path, std::ios::binary);
      std::string content{std::istreambuf_iterator<char>(in), {}};
      line += " " + std::to_string(content.size()) + " " + std::to_string(std::hash<std::string>{}(content));
    }
    lines.push_back(std::move(line));
  };
  add(root);
  if (fs::is_directory(root) && !fs::is_symlink(root))
    for (const auto& entry : fs::recursive_directory_iterator(root)) add(entry.path());
  std::ranges::sort(lines);
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

} // namespace pillar::test

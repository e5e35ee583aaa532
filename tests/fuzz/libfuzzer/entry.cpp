// The entry of libFuzzer for the target that is linked beside it. Run with a directory as argument, seeds are put there
// first: `fuzz-car corpus`.
#include "tests/fuzz/target.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>

using pillar::fuzz::registered;

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  auto& target = registered::all().front();
  for (int i = 1; i < *count; ++i) {
    std::filesystem::path directory = (*arguments)[i];
    if (!std::filesystem::is_directory(directory)) continue;
    int number = 0;
    for (auto& seed : target.seeds())
      std::ofstream(directory / ("seed-" + std::to_string(++number)), std::ios::binary) << seed;
    break;
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  registered::all().front().run(std::as_bytes(std::span(data, size)));
  return 0;
}

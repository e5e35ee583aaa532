#include "interfaces/layout.hpp"

namespace pillar {

std::string spelled(const layout& l, bool whole) {
  std::string text;
  spelling{&text, whole}(l);
  return text;
}

} // namespace pillar

/// How far a mistyped name is from a known one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pillar {

/// The number of edits (insert, remove or replace a byte, swap two neighbours) between two texts: the optimal string
/// alignment distance of Damerau and Levenshtein. Texts are cut at 256 bytes.
std::size_t text_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance, the first of equals; empty when there is none.
std::string nearest_text(std::string_view to, std::span<const std::string> candidates);

} // namespace pillar

#include "tools/notary/verification.hpp"

#include "tools/notary/interrupt.hpp"
#include "tools/notary/terminal.hpp"
#include "tools/pillar/printable.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>

namespace demo {

std::string identity_of(const ledger::entry& e) {
  return e.name + '\0' + std::to_string(e.version) + '\0' + e.content.text;
}

bool verification::holds(const ledger::entry& e) const {
  auto found = seen.find(identity_of(e));
  return found != seen.end() && found->second;
}

verification verify_all(demo_node& on, std::size_t expected) {
  verification all;
  progress_bar bar;
  auto verdicts = on->ask(ledger::verify_all{});
  while (auto v = verdicts.next()) {
    check_interrupt();
    ++all.entries;
    bool intact = v->finding == ledger::finding::intact;
    all.seen[identity_of(v->item)] = intact;
    if (intact) ++all.intact, ++all.originals[v->original];
    if (!intact || v->original == ledger::original::altered) all.bad.push_back(std::move(*v));
    auto of = std::max<std::uint64_t>({1, expected, all.entries});
    bar.show(static_cast<double>(all.entries) / static_cast<double>(of),
             std::to_string(all.entries) + " of " + std::to_string(of) + " verified");
  }
  return all;
}

std::string described(const ledger::verdict& v) {
  auto text = pillar::cli::printable(v.item.name) + " (" + v.item.content.text + ") ";
  if (v.finding == ledger::finding::intact) return text + "differs on the disk";
  if (v.finding == ledger::finding::unknown) return text + "could not be verified";
  return text + "is " + boost::describe::enum_to_string(v.finding, "");
}

std::string reason_of(const ledger::verdict& v) {
  if (v.finding == ledger::finding::intact) return "its times say that nobody wrote to it since it was recorded";
  return pillar::cli::printable(v.problem);
}

} // namespace demo

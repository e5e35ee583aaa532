#include "tools/notary/narration.hpp"

#include "tools/notary/terminal.hpp"
#include "tools/notary/text_table.hpp"
#include "tools/pillar/printable.hpp"

#include <algorithm>
#include <cstdio>

namespace demo {

using pillar::cli::printable;

namespace {

constexpr std::size_t indent = 3;
constexpr std::size_t narrowest_name = 20;
constexpr std::size_t narrowest_cid = 19; // "QmX8aBcD...WxYz1234"

/// Collects "2 hidden names, 1 symbolic link": what there is none of is not said.
class listing {
public:
  void add(std::uint64_t n, std::string_view one, std::string_view many) {
    if (n > 0) text_ += (text_.empty() ? "" : ", ") + count(n, one, many);
  }
  const std::string& text() const { return text_; }

private:
  std::string text_;
};

void say_left_out(const ledger::left_out& out) {
  listing all;
  all.add(out.hidden, "hidden name", "hidden names");
  all.add(out.links, "symbolic link", "symbolic links");
  all.add(out.special, "special file", "special files");
  all.add(out.caches, "directory of generated files", "directories of generated files");
  all.add(out.elsewhere, "directory on another file system", "directories on other file systems");
  if (!all.text().empty()) say_line("Left out: " + all.text() + ".");
}

void say_troubles(const ledger::progress& p) {
  if (p.troubled == 0) return;
  say_line("NOT RECORDED: " + count(p.troubled, "name", "names"));
  for (std::size_t i = 0; i < std::min(p.troubles.size(), shown_problems); ++i)
    say_line("   " + printable(p.troubles[i].name) + ": " + printable(p.troubles[i].problem));
  if (p.troubled > shown_problems) say_line("   and " + std::to_string(p.troubled - shown_problems) + " more");
}

} // namespace

void say_title(std::string_view title) {
  say("\n" + std::string(title) + "\n");
}

void say_line(const std::string& text) {
  say(std::string(indent, ' ') + text + "\n");
}

std::string count(std::uint64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string(n == 1 ? one : many);
}

std::string stopwatch::text() const {
  using namespace std::chrono_literals;
  auto took = std::chrono::steady_clock::now() - began_;
  if (took < 1s) return std::to_string(std::chrono::round<std::chrono::milliseconds>(took).count()) + " ms";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(took).count());
  return text;
}

void say_recorded(const ledger::progress& p, const stopwatch& time) {
  auto text = count(p.recorded, "file", "files") + " recorded in " + time.text();
  if (p.files > p.recorded + p.troubled)
    text += "; " + std::to_string(p.files - p.recorded - p.troubled) + " had been recorded before";
  say_line(text + ".");
  say_left_out(p.left_out);
  say_troubles(p);
}

void say_entries(const std::vector<ledger::entry>& entries, std::size_t rows) {
  std::vector<const ledger::entry*> latest; // the versions of a file follow each other
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (i + 1 == entries.size() || entries[i].name != entries[i + 1].name) {
      latest.push_back(&entries[i]);
      size += entries[i].stamp.size;
    }
  std::ranges::sort(latest, {}, &ledger::entry::name);

  std::vector<std::vector<std::string>> cells;
  for (auto* e : latest) {
    if (rows > 0 && cells.size() == rows) break;
    cells.push_back({printable(e->name), e->content.text, size_text(e->stamp.size), time_text(e->recorded)});
  }
  if (cells.empty()) return say_line("There is nothing to show: put a file into the directory.");
  say("\n"
      + table({{"NAME", narrowest_name}, {"CID", narrowest_cid}, {"SIZE", 0, true}, {"SIGNED (UTC)"}}, cells,
              terminal_width() - 1, indent));
  if (cells.size() < latest.size())
    say_line("and " + std::to_string(latest.size() - cells.size()) + " more (--rows=0 shows all)");
  auto total = count(latest.size(), "file", "files") + ", " + size_text(size);
  if (entries.size() > latest.size()) total += "; " + std::to_string(entries.size()) + " versions in the ledger";
  say("\n");
  say_line(total + "; signed with the key " + latest.front()->signature.signer + ".");
}

void say_verified(const verification& v, const stopwatch& time) {
  say_line(std::to_string(v.intact) + " of " + count(v.entries, "entry", "entries") + " verified in " + time.text()
           + (v.bad.empty() ? ": every block and every signature holds." : "."));
  listing all;
  for (auto& [original, n] : v.originals) {
    switch (original) {
      case ledger::original::same: all.add(n, "file is as recorded", "files are as recorded"); break;
      case ledger::original::changed: all.add(n, "was changed since", "were changed since"); break;
      case ledger::original::altered: all.add(n, "was altered", "were altered"); break;
      case ledger::original::missing: all.add(n, "was removed since", "were removed since"); break;
      case ledger::original::unreadable: all.add(n, "cannot be read now", "cannot be read now"); break;
      case ledger::original::not_compared: all.add(n, "is an older version", "are older versions"); break;
    }
  }
  if (!all.text().empty()) say_line("On the disk: " + all.text() + ".");
}

} // namespace demo

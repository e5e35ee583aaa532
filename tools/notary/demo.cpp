#include "tools/notary/demo.hpp"

#include "interfaces/error.hpp"
#include "tools/notary/demo_node.hpp"
#include "tools/notary/interrupt.hpp"
#include "tools/notary/narration.hpp"
#include "tools/notary/tampering.hpp"
#include "tools/notary/terminal.hpp"
#include "tools/notary/text_table.hpp"
#include "tools/notary/verification.hpp"
#include "tools/pillar/printable.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

namespace demo {

using namespace pillar;
namespace fs = std::filesystem;
using cli::printable;

namespace {

constexpr int between_looks = 20;            // milliseconds
constexpr std::uint64_t most_sweeps = 4;     // until a file that is always being written to is left to itself
constexpr std::size_t smallest_sample = 32;  // bytes of content to look for; fewer may stand anywhere
constexpr std::size_t largest_sample = 4096; // in one block for certain
constexpr std::size_t one_block = 1 << 18;   // bytes of content

std::string shown(const fs::path& path) {
  return printable(path.native());
}

/// A path as a word of the shell's.
std::string word(const fs::path& path) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%";
  auto& text = path.native();
  if (text.find_first_not_of(plain) == text.npos) return text;
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted += '\'';
}

/// The entry whose content is to be spoilt: large enough to be found on the disk, in one block if possible, since that
/// is easy to follow.
const ledger::entry* choose_victim(const std::vector<ledger::entry>& entries) {
  auto rank = [](const ledger::entry& e) {
    if (e.stamp.size < smallest_sample) return std::uint64_t{0};
    return e.stamp.size <= one_block ? e.stamp.size : std::uint64_t{1};
  };
  auto best = std::ranges::max_element(entries, {}, rank);
  return best != entries.end() && rank(*best) > 0 ? &*best : nullptr;
}

class steps {
public:
  explicit steps(const demo_options& options);
  outcome run();

private:
  void start();
  void record();
  void watch();
  void restart();
  void verify();
  void spoil_a_copy();
  void verify_spoilt(const fs::path& copy, const ledger::entry& victim);
  void suggest();
  void unexpected(const std::string& what);
  void unexpected(const ledger::verdict& v) { unexpected(described(v) + ": " + reason_of(v)); }

  demo_options options_;
  std::optional<temporary_directory> temporary_;
  fs::path data_;
  std::unique_ptr<demo_node> node_;
  std::vector<ledger::entry> entries_; ///< all versions, as they were before the restart
  outcome outcome_ = outcome::good;
};

steps::steps(const demo_options& options) : options_(options) {
  std::error_code failed;
  auto directory = fs::canonical(options.directory, failed);
  if (failed) throw failure_of_errno(failed.value(), "cannot use the directory " + shown(options.directory));
  if (!fs::is_directory(directory, failed))
    throw failure(errc::bad_request, shown(directory) + " is no directory: name one");
  options_.directory = directory;
  if (options.data.empty()) {
    data_ = temporary_.emplace("pillar-demo").path();
    return;
  }
  data_ = fs::weakly_canonical(options.data, failed);
  if (failed) throw failure_of_errno(failed.value(), "cannot use the data directory " + shown(options.data));
  if (std::ranges::mismatch(data_, directory).in1 == data_.end())
    throw failure(errc::bad_request,
                  "the data directory " + shown(data_) + " holds the directory to watch: name another one");
}

outcome steps::run() {
  try {
    start();
    record();
    if (options_.watch) watch();
    restart();
    verify();
    spoil_a_copy();
    suggest();
    if (temporary_) temporary_->keep();
  } catch (const interrupted&) {
    node_.reset();
    say_title("Interrupted: the node has stopped in order.");
    if (!options_.watch) return outcome::interrupted;
  }
  return outcome_;
}

void steps::unexpected(const std::string& what) {
  outcome_ = outcome::unexpected;
  say_line("UNEXPECTED: " + what);
}

void steps::start() {
  say("A notary for " + shown(options_.directory) + "\n");
  stopwatch time;
  node_ = std::make_unique<demo_node>(data_, options_.directory);
  say_line("A node with IPFS, DB and KeyManager started in " + time.text() + "; its data is in " + shown(data_) + ".");
}

void steps::record() {
  say_title("1. Record: each file goes into IPFS, its CID is signed, and both are entered in the DB");
  stopwatch time;
  std::function<void(const ledger::entry&)> say_each;
  if (options_.each || options_.watch)
    say_each = [](const ledger::entry& e) { say("recorded " + e.content.text + " " + printable(e.name) + "\n"); };
  node_->spawn_notary(say_each);
  ledger::progress now;
  progress_bar bar(!say_each);
  while (true) {
    now = node_->notary_progress();
    if (now.sweeps >= most_sweeps || (now.sweeps > 0 && now.troubled == 0)) break;
    auto all = static_cast<double>(std::max<std::uint64_t>(1, now.to_do + now.to_do_bytes));
    bar.show(static_cast<double>(now.done + now.done_bytes) / all,
             std::to_string(now.done) + " of " + count(now.to_do, "file", "files") + ", " + size_text(now.done_bytes)
                 + " of " + size_text(now.to_do_bytes));
    pause(between_looks);
  }
  bar.clear();
  say_recorded(now, time);
  if (now.troubled > 0) outcome_ = outcome::unexpected;
  auto all = (*node_)->ask(ledger::entries{});
  while (auto e = all.next()) entries_.push_back(std::move(*e));
  say_entries(entries_, options_.rows);
}

void steps::watch() {
  say_title("Watching: change something in the directory. Ctrl-C ends.");
  while (true) pause(1000);
}

void steps::restart() {
  say_title("2. Restart: the node stops, and another one starts on the same data");
  stopwatch stopping;
  auto report = (*node_)->stop();
  for (auto& s : report.stragglers) unexpected(std::string(s.name.view()) + " did not stop in time: " + s.doing);
  node_.reset();
  auto stopped = stopping.text();
  check_interrupt();
  stopwatch starting;
  node_ = std::make_unique<demo_node>(data_, options_.directory);
  say_line("Stopped in " + stopped + ", started in " + starting.text() + ".");
}

void steps::verify() {
  say_title("3. Verify: each file is read back by its CID and compared, each signature checked");
  stopwatch time;
  auto found = verify_all(*node_, entries_.size());
  say_verified(found, time);
  for (std::size_t i = 0; i < found.bad.size() && i < shown_problems; ++i) unexpected(found.bad[i]);
  if (found.bad.size() > shown_problems)
    unexpected("and " + std::to_string(found.bad.size() - shown_problems) + " more like these");
  auto lost = std::ranges::count_if(entries_, [&](auto& e) { return !found.seen.contains(identity_of(e)); });
  if (lost > 0) unexpected(std::to_string(lost) + " of the recorded entries are gone");
}

void steps::spoil_a_copy() {
  say_title("4. Spoil: one bit of a stored block changes in a copy of the data, as a failing disk would do it");
  auto* victim = choose_victim(entries_);
  bytes sample;
  if (victim) {
    auto content = (*node_)->ask(ipfs::cat{.path = victim->content.text, .length = largest_sample});
    while (auto piece = content.next()) sample.insert(sample.end(), piece->begin(), piece->end());
  }
  node_.reset();
  if (!victim) return say_line("Left out: no file is large enough to find its content among the blocks.");

  temporary_directory copy("pillar-demo-copy");
  copy_data(data_, copy.path());
  auto place = find_bytes(copy.path() / "ipfs", sample);
  if (!place) return unexpected("the content of " + printable(victim->name) + " is nowhere among the stored blocks");
  place->offset += sample.size() / 2;
  change_byte(*place);
  say_line("Changed: byte " + std::to_string(place->offset) + " of "
           + shown(place->file.lexically_relative(copy.path())) + ", in the content of " + printable(victim->name)
           + ".");
  verify_spoilt(copy.path(), *victim);
}

void steps::verify_spoilt(const fs::path& copy, const ledger::entry& victim) {
  demo_node spoilt(copy, options_.directory);
  auto found = verify_all(spoilt, entries_.size());
  if (found.holds(victim)) return unexpected("nothing was noticed");
  std::string problem;
  for (auto& v : found.bad) {
    if (identity_of(v.item) != identity_of(victim)) continue;
    problem = v.problem;
    say_line("Detected: " + described(v) + ":");
    say_line("   " + reason_of(v));
  }
  for (auto& v : found.bad) {
    if (identity_of(v.item) == identity_of(victim)) continue;
    if (v.problem == problem) say_line("Detected: " + described(v) + ", since it shares that block");
    else unexpected(v);
  }
  say_line("The other " + std::to_string(found.intact) + " are intact.");
}

void steps::suggest() {
  std::error_code failed;
  auto programs = fs::read_symlink("/proc/self/exe", failed).parent_path();
  auto from_here = programs.lexically_relative(fs::current_path(failed));
  if (!from_here.empty() && *from_here.begin() != "..") programs = from_here;
  auto pillar = word(programs / "pillar");
  say_title("Try next:");
  say_line("export PILLAR_DATA=" + word(data_));
  if (auto* e = choose_victim(entries_)) {
    say_line(pillar + " ipfs cat " + e->content.text);
    say_line(pillar + " ipfs stat " + e->content.text);
  }
  say_line(pillar + " db ls --space ledger");
  say_line(pillar + " key show");
  say_line(pillar + " describe");
  say_line(word(programs / "notary-demo") + " --watch " + word(options_.directory));
  if (temporary_) say_line("rm -r " + word(data_) + "   # when you are done with it");
}

} // namespace

outcome run(const demo_options& options) {
  return steps(options).run();
}

} // namespace demo

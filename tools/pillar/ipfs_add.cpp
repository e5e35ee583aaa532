#include "actors/ipfs/format/bytes_view.hpp"
#include "tools/pillar/added_paths.hpp"
#include "tools/pillar/arguments.hpp"
#include "tools/pillar/input.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/ipfs_session.hpp"
#include "tools/pillar/progress_bar.hpp"
#include "tools/pillar/spool_file.hpp"
#include "tools/pillar/upload.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <charconv>
#include <unistd.h>

namespace pillar::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t usual_inline_limit = 32; // Kubo's
constexpr std::uint64_t largest_inline_limit = 128;
constexpr std::uint32_t largest_mode = 07777;
constexpr std::size_t largest_rules_file = 1 << 20; // bytes

struct add_request {
  std::vector<std::string> paths;
  bool recursive = false, dereference = false, hidden = false, wrap = false;
  std::vector<std::string> ignore;
  std::string ignore_file, input_name;
  bool quiet = false, quieter = false, silent = false;
  std::optional<bool> progress;
  bool inlines = false;
  std::optional<std::uint64_t> inline_limit, cid_version, mtime_nanoseconds;
  std::optional<std::int64_t> mtime;
  std::string mode;
  ipfs::add_options options;

  bool has_input() const { return std::ranges::find(paths, "-") != paths.end(); }
  bool shows_progress() const { return progress.value_or(!quiet && !quieter && !silent); }
};

[[noreturn]] void refuse(const std::string& why) {
  throw usage_error(errc::bad_request, "ipfs add: " + why);
}

void check_input(const add_request& given, bool is_read) {
  const auto& name = given.input_name;
  if (!is_read && !name.empty())
    refuse("--stdin-name has no meaning when standard input is not read: name - as a PATH, or leave it out");
  if (name == "." || name == ".." || name.find('/') != name.npos)
    refuse("--stdin-name: \"" + name + "\" is no name of a file: give one without /");
  if (!is_read || !given.wrap) return;
  if (name.empty()) refuse("standard input has no name to have in a directory: give it one with --stdin-name");
  if (given.options.preserve_mode || given.options.preserve_mtime)
    refuse("standard input has no permissions or time to preserve: leave --preserve-mode and --preserve-mtime out, or "
           "write it to a file");
}

/// The rules of the file, then those of the command line, which can so take back in what the file leaves out.
ipfs::engine::ignore_rules read_rules(add_request& given) {
  if (!given.ignore_file.empty()) {
    const auto name = given.ignore_file == "-" ? "./-" : given.ignore_file; // standard input is for content
    const auto text = read_input(name, largest_rules_file, "name a file of rules, a line each");
    given.ignore.insert(given.ignore.begin(), std::string(ipfs::engine::text_of(text)));
  }
  return ipfs::engine::ignore_rules(given.ignore);
}

// Found out before anything is stored.
void check_paths(add_request& given) {
  if (given.paths.empty()) {
    if (::isatty(STDIN_FILENO) == 1) refuse("there is nothing to add: name a PATH, or - to type it in here");
    given.paths.emplace_back("-");
  }
  const auto inputs = std::ranges::count(given.paths, "-");
  if (inputs > 1) throw usage_error(errc::bad_request, "\"-\" is given twice: standard input can be read only once");
  check_input(given, inputs > 0);
  for (auto& path : given.paths) {
    if (path == "-") continue;
    std::error_code failed;
    if (given.dereference) {
      const auto target = fs::canonical(path, failed);
      if (failed) throw failure(errc::not_found, "there is no file behind " + path + ": nothing was added");
      path = target.string();
    }
    const auto type = fs::symlink_status(path, failed).type();
    if (type == fs::file_type::not_found)
      throw failure(errc::not_found, "there is no file " + path + ": nothing was added");
    if (type == fs::file_type::directory && !given.recursive)
      throw usage_error(errc::bad_request, path + " is a directory: use -r to add it with all that is in it");
  }
}

std::uint32_t mode_of(const std::string& text) {
  std::uint32_t mode = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (failed != std::errc() || end != text.data() + text.size() || mode > largest_mode)
    refuse("--mode: \"" + text + "\" are no permissions: write them as octal digits, such as 0644");
  return mode;
}

void complete_options(add_request& given) {
  auto& options = given.options;
  if (given.cid_version.value_or(0) > 1)
    refuse("--cid-version: there is no version " + std::to_string(*given.cid_version) + ": give 0 or 1");
  if (given.cid_version) options.cid_version = static_cast<std::uint32_t>(*given.cid_version);
  if (given.inline_limit && !given.inlines) refuse("--inline-limit has no meaning without --inline: give both");
  if (given.inline_limit.value_or(0) > largest_inline_limit)
    refuse("--inline-limit: " + std::to_string(largest_inline_limit) + " bytes are the most");
  if (given.inlines) options.inline_limit = static_cast<std::uint32_t>(given.inline_limit.value_or(usual_inline_limit));
  if (!given.mode.empty()) options.mode = mode_of(given.mode);
  if (given.mtime_nanoseconds && !given.mtime) refuse("--mtime-nsecs has no meaning without --mtime: give both");
  if (given.mtime_nanoseconds.value_or(0) > 999'999'999) refuse("--mtime-nsecs: 999999999 ns are the most");
  if (given.mtime)
    options.mtime = ipfs::timestamp{*given.mtime, static_cast<std::uint32_t>(given.mtime_nanoseconds.value_or(0))};
  if (!options.pin && !options.pin_name.empty()) refuse("--pin-name has no meaning with --pin=false: leave one out");
}

/// What was added, told as it is done.
class teller {
public:
  teller(ipfs_session& ipfs, const add_request& given, progress_bar& bar) : ipfs_(ipfs), given_(given), bar_(bar) {}

  void tell(ipfs::add_progress done) {
    if (given_.silent) return;
    if (given_.quieter) last_ = std::move(done);
    else write(done);
  }
  /// With nothing held back: the next may take long.
  void flush() {
    if (!ipfs_.out().has_waiting()) return;
    bar_.clear();
    ipfs_.out().flush();
  }
  void end() {
    if (last_.id) write(last_);
  }

private:
  void write(const ipfs::add_progress& done) {
    if (ipfs_.out().is_terminal()) bar_.clear();
    if (ipfs_.json()) ipfs_.out().json(to_json(done));
    else if (given_.quiet || given_.quieter) ipfs_.out().line(done.id->text);
    else ipfs_.out().line("added " + done.id->text + " " + done.name);
  }

  ipfs_session& ipfs_;
  const add_request& given_;
  progress_bar& bar_;
  ipfs::add_progress last_;
};

/// Returns how many bytes of files were read.
std::uint64_t add_group(ipfs_session& ipfs, const add_request& given, const path_group& paths, teller& out,
                        const std::function<void(std::uint64_t)>& advance) {
  auto stored = ipfs.ask(ipfs::add_files{paths, given.hidden, given.ignore, given.wrap, given.options});
  std::uint64_t done = 0, current = 0; // `current`: of the file that is being read
  while (auto item = stored.next()) {
    if (item->id) {
      done += std::exchange(current, 0);
      out.tell(std::move(*item));
    } else {
      current = item->size;
      if (ipfs.json() && given.progress.value_or(false)) ipfs.out().json(to_json(*item));
    }
    advance(done + current);
  }
  return done;
}

ipfs::add_progress add_input(ipfs_session& ipfs, const add_request& given,
                             const std::function<void(std::uint64_t)>& advance) {
  const auto made = upload_input(ipfs, given.options, advance);
  auto size = made.size;
  if (!given.options.only_hash) size = ipfs.ask(ipfs::stat{made.root.text}).cumulative_size;
  return {.name = given.input_name.empty() ? made.root.text : given.input_name, .size = size, .id = made.root};
}

void add(session& in, add_request& given) {
  complete_options(given);
  check_paths(given);
  auto rules = read_rules(given);
  ipfs_session ipfs(in, access::writes);
  std::optional<named_spool> input;
  if (given.wrap && given.has_input()) {
    input.emplace(ipfs.scratch(), given.input_name, ipfs.interrupt());
    std::ranges::replace(given.paths, "-", input->path().string());
  }
  const auto groups = grouped(given.paths, given.wrap);
  progress_bar bar(given.shows_progress() && !in.json());
  std::optional<size_scan> scan;
  if (bar.shown() && !given.has_input()) scan.emplace(groups, name_filter{given.hidden, std::move(rules)});
  std::uint64_t before = 0; // bytes of the groups that are done
  const auto advance = [&](std::uint64_t bytes) {
    bar.show_bytes(before + bytes, scan ? scan->total() : std::nullopt);
  };
  teller out(ipfs, given, bar);
  for (auto& group : groups) {
    if (group.empty()) out.tell(add_input(ipfs, given, advance));
    else before += add_group(ipfs, given, group, out, advance);
    out.flush();
  }
  bar.clear();
  out.end();
}

void take_format(CLI::App& line, add_request& given) {
  auto& options = given.options;
  line.add_option("--profile", options.profile,
                  "unixfs-v0-2015 (the default) or unixfs-v1-2025: what\nfollows is as in it, unless given")
      ->type_name("NAME");
  take_number(line, "--cid-version", given.cid_version, "0, or 1, which brings raw leaves")->type_name("VERSION");
  take_choice(line, "--raw-leaves", options.raw_leaves, "Chunks of files as raw blocks; --raw-leaves=false not");
  line.add_option("-s,--chunker", options.chunker,
                  "size-BYTES, rabin-MIN-AVERAGE-MAX or buzhash\n(default: size-262144)")
      ->type_name("CHUNKER");
  line.add_option("--hash", options.hash, "sha2-256, sha2-512, blake2b-256 or blake3")->type_name("NAME");
  line.add_flag("-t,--trickle", options.trickle, "The layout for content that is read from its beginning");
  line.add_flag("--inline", given.inlines, "Small blocks become part of their CIDs");
  take_number(line, "--inline-limit", given.inline_limit, "With --inline: small is up to so much (default: 32)")
      ->type_name("BYTES");
  line.add_flag("--preserve-mode", options.preserve_mode, "Record the permissions of files and directories");
  line.add_flag("--preserve-mtime", options.preserve_mtime, "Record when they were modified");
  line.add_option("--mode", given.mode, "Record these permissions")->type_name("OCTAL");
  line.add_option("--mtime", given.mtime, "Record this time")->type_name("SECONDS");
  take_number(line, "--mtime-nsecs", given.mtime_nanoseconds, "With --mtime: nanoseconds after it")
      ->type_name("NUMBER");
}

} // namespace

action ipfs_add(CLI::App& line) {
  auto given = std::make_shared<add_request>();
  auto& options = given->options;
  line.description("Stores files, directories or standard input");
  line.add_option("PATH", given->paths, "Files and directories; - or none is standard input")->type_name("");
  line.add_flag("-r,--recursive", given->recursive, "Directories, too, with all that is in them");
  line.add_flag("-H,--hidden", given->hidden, "In directories also names that begin with a dot");
  line.add_option("--ignore", given->ignore,
                  "In directories leave out what this rule matches, written as\nin .gitignore; may be given again")
      ->allow_extra_args(false)
      ->type_name("RULE");
  line.add_option("--ignore-rules-path", given->ignore_file,
                  "The same with all rules in a file, before those of --ignore")
      ->type_name("FILE");
  line.add_flag("--dereference-args", given->dereference,
                "For a PATH that is a symbolic link, add what it leads to,\nunder that name");
  line.add_option("--stdin-name", given->input_name, "The name of standard input, also in the directory of -w")
      ->type_name("NAME");
  line.add_flag("-w,--wrap-with-directory", given->wrap, "All PATHs in one directory, which keeps their names");
  line.add_flag("-q,--quiet", given->quiet, "Print only the CIDs");
  line.add_flag("-Q,--quieter", given->quieter,
                "Print only the last CID: that of the last PATH, or of\nthe directory that wraps them");
  line.add_flag("--silent", given->silent, "Print nothing");
  take_choice(line, "-p,--progress", given->progress,
              "Show how far it is, on a terminal (default, but not with\n-q, -Q, --silent); --progress=false does not");
  line.add_flag("-n,--only-hash", options.only_hash, "Find the CIDs, and store nothing");
  line.add_flag("--pin", options.pin, "Pin each PATH, so that it is kept; --pin=false does not\n(default: true)");
  line.add_option("--pin-name", options.pin_name, "A name for the pins")->type_name("NAME");
  take_format(line, *given);
  line.footer(
      "Examples:\n"
      "  pillar ipfs add -r photos\n"
      "  tar c photos | pillar ipfs add -Q --pin-name photos.tar\n"
      "  pillar ipfs add -w --cid-version 1 letter.txt image.png\n"
      "  pillar ipfs add -r project --ignore '*.o' --ignore /build/ --ignore '!keep.o'\n\n"
      "Prints `added CID NAME` for every file and directory, with the CIDs that `ipfs add` gives for the same\n"
      "options. A PATH is safe on the disk when its own line is printed. After Ctrl-C what was not told is not\n"
      "pinned. Rules of --ignore are those of gitignore(5), relative to each directory PATH: a slash at the end means\n"
      "directories only, one before that a path instead of a name (ipfs, to 0.39, matches names only: such rules "
      "leave\n"
      "nothing out there). With --json one {\"name\", \"size\", \"id\"} for each, the size being that of all its "
      "blocks; with\n"
      "--json --progress also lines with an \"id\" of null: the bytes of a file so far.");
  return [given](session& in) { add(in, *given); };
}

} // namespace pillar::cli

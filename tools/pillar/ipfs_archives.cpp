#include "tools/pillar/arguments.hpp"
#include "tools/pillar/content_pieces.hpp"
#include "tools/pillar/ipfs_commands.hpp"
#include "tools/pillar/new_file.hpp"
#include "tools/pillar/progress_bar.hpp"
#include "tools/pillar/spool_file.hpp"

#include <algorithm>

namespace pillar::cli {

namespace {

struct import_request {
  std::vector<std::string> files;
  bool pin_roots = true, silent = false, stats = false;
};

void write_archive(ipfs_session& ipfs, const std::string& path, output& to, progress_bar& bar) {
  content_pieces archive([&](std::uint64_t) { return content_pieces::opened{ipfs.ask(ipfs::dag_export{path}), 0}; });
  std::uint64_t done = 0;
  while (auto piece = archive.next()) {
    to.write(*piece);
    bar.show_bytes(done += piece->size(), std::nullopt);
  }
}

/// The message speaks of standard input, and not of the file that holds it.
ipfs::imported import_input(ipfs_session& ipfs, bool pin_roots) {
  const spool_file spool(ipfs.scratch(), ipfs.interrupt());
  const auto path = spool.path().string();
  try {
    return ipfs.ask(ipfs::dag_import{path, pin_roots});
  } catch (const failure& f) {
    auto message = f.message();
    if (const auto at = message.find(path); at != message.npos) message.replace(at, path.size(), "standard input");
    throw failure(f.code(), std::move(message));
  }
}

void tell_root(ipfs_session& ipfs, const import_request& given, const ipfs::cid& root) {
  if (!ipfs.json() && !given.silent) ipfs.out().write("Pinned root\t" + root.text + "\tsuccess\n");
}

void tell_root_failed(ipfs_session& ipfs, const import_request& given, const ipfs::cid& root, const failure& why) {
  if (ipfs.json() || given.silent) return;
  ipfs.out().write("Pinned root\t" + root.text + "\t");
  ipfs.out().line("FAILED: " + why.message());
}

/// Of several archives the roots are pinned when all are read, since one may hold what another lacks.
void pin(ipfs_session& ipfs, const import_request& given, const std::vector<ipfs::cid>& roots) {
  std::optional<failure> failed;
  for (auto& root : roots) {
    try {
      ipfs.ask(ipfs::pin_add{root.text});
      tell_root(ipfs, given, root);
    } catch (const failure& f) {
      tell_root_failed(ipfs, given, root, f);
      if (!failed) failed = f;
    }
  }
  if (failed) throw failure(*failed);
}

void import(session& in, const import_request& given) {
  if (std::ranges::count(given.files, "-") > 1)
    throw usage_error(errc::bad_request, "\"-\" is given twice: standard input can be read only once");
  ipfs_session ipfs(in, access::writes);
  const bool together = given.files.size() > 1;
  ipfs::imported all;
  for (auto& file : given.files) {
    const bool pins = given.pin_roots && !together;
    auto made = file == "-" ? import_input(ipfs, pins) : ipfs.ask(ipfs::dag_import{file, pins});
    if (in.json()) in.out().json(to_json(made));
    all.blocks += made.blocks;
    all.size += made.size;
    for (auto& root : made.roots)
      if (std::ranges::find(all.roots, root) == all.roots.end()) all.roots.push_back(std::move(root));
  }
  if (given.pin_roots && together) pin(ipfs, given, all.roots);
  else if (given.pin_roots) std::ranges::for_each(all.roots, [&](auto& root) { tell_root(ipfs, given, root); });
  if (given.stats && !given.silent && !in.json())
    in.out().line("Imported " + std::to_string(all.blocks) + " blocks (" + std::to_string(all.size) + " bytes)");
}

} // namespace

action ipfs_export(CLI::App& line) {
  struct request {
    std::string path, output;
    std::optional<bool> progress;
  };
  auto given = std::make_shared<request>();
  line.description("Writes everything below a path as an archive (CARv1)");
  take_path(line, given->path);
  line.add_option("-o,--output", given->output, "Write it to this new file; else to standard output")
      ->type_name("FILE");
  take_choice(line, "-p,--progress", given->progress,
              "Show how far it is, on a terminal (default);\n--progress=false does not");
  line.footer("Examples:\n  pillar ipfs export bafy... > photos.car\n  pillar ipfs export bafy... -o photos.car\n\n"
              "The archive has one root and each block once, depth first, verified. FILE gets its name when it is\n"
              "whole, and nothing is overwritten.");
  return [given](session& in) {
    if (in.json()) throw usage_error(errc::bad_request, "ipfs export writes an archive: leave --json out");
    if (given->output.empty() && in.out().is_terminal())
      throw usage_error(errc::bad_request, "an archive is binary and would disturb the terminal: write it to a file, "
                                           "with -o FILE or > FILE");
    ipfs_session ipfs(in, access::reads);
    progress_bar bar(given->progress.value_or(true));
    if (given->output.empty()) return write_archive(ipfs, given->path, in.out(), bar);
    new_file file(given->output);
    write_archive(ipfs, given->path, file.out(), bar);
    file.keep();
  };
}

action ipfs_import(CLI::App& line) {
  auto given = std::make_shared<import_request>();
  line.description("Stores the blocks of archives (CARv1 and CARv2), and pins their roots");
  line.add_option("FILE", given->files, "Archives; - or none is standard input")->type_name("");
  line.add_flag("--pin-roots", given->pin_roots,
                "Pin what they name as roots (default: true);\n--pin-roots=false does not");
  line.add_flag("--stats", given->stats, "Print how much there was");
  line.add_flag("--silent", given->silent, "Print nothing");
  line.footer(
      "Examples:\n  pillar ipfs import photos.car\n  ipfs dag export bafy... | pillar ipfs import --stats\n\n"
      "Every block is verified, and one archive's roots are pinned only when all of it was right. The roots of\n"
      "several archives are pinned when all are read, so that one may hold what another lacks. With --json\n"
      "one {\"roots\", \"blocks\", \"size\"} for each archive.");
  return [given](session& in) {
    if (given->files.empty()) given->files.emplace_back("-");
    import(in, *given);
  };
}

} // namespace pillar::cli

#include "tools/pillar/db_commands.hpp"

#include "actors/standard.hpp"
#include "interfaces/db.hpp"
#include "tools/pillar/arguments.hpp"
#include "tools/pillar/input.hpp"

namespace pillar::cli {

namespace {

/// The namespace that the command line names, at the command or at its group.
ask_options as_named(const CLI::App& line) {
  for (const auto* at = &line; at; at = at->get_parent())
    if (const auto* space = at->get_option_no_throw("--space"); space && space->count() > 0)
      return {.as = space->as<std::string>()};
  return {};
}

void take_key(CLI::App& line, std::string& key) {
  line.add_option("KEY", key, "1 to 512 bytes of text, perhaps with / between its parts")->required()->type_name("");
}

void take_revision(CLI::App& line, std::optional<db::revision>& revision, const char* meaning) {
  take_number(line, "--if-revision", revision, meaning)->type_name("NUMBER");
}

void tell_revision(session& in, db::revision r) {
  if (in.json()) in.out().json(to_json(r));
  else in.out().line("revision " + std::to_string(r));
}

bytes value_of(const std::string& text) {
  if (text == "-")
    return read_input(text, db::largest_value, "store it with `pillar ipfs add -` and its CID in the DB");
  const auto data = std::as_bytes(std::span(text));
  return {data.begin(), data.end()};
}

std::string in_columns(const db::entry& e) {
  const auto right = [](std::uint64_t number) {
    const auto text = std::to_string(number);
    return std::string(text.size() < 8 ? 8 - text.size() : 0, ' ') + text;
  };
  return right(e.revision) + ' ' + right(e.size) + "  " + e.key;
}

} // namespace

void take_space(CLI::App& at) {
  at.add_option("-s,--space",
                "The namespace: the name of the plugin or worker whose\ndocuments these are (default: application)")
      ->type_name("NAME");
}

action db_get(CLI::App& line) {
  auto wanted = std::make_shared<db::get>();
  line.description("Writes the value of a document to standard output, as it is");
  take_key(line, wanted->key);
  take_space(line);
  line.footer("Examples:\n"
              "  pillar db get notes/today\n"
              "  pillar db get --space notary --json KEY\n\n"
              "With --json the value, in base64, and its revision.");
  return [&line, wanted](session& in) {
    in.open(access::reads, {provide_db});
    const auto found = in.ask(*wanted, as_named(line));
    if (in.json()) return in.out().json(to_json(found));
    in.out().write(found.value);
    const bool open_line = !found.value.empty() && found.value.back() != std::byte{'\n'};
    if (open_line && in.out().is_terminal()) in.out().line("");
  };
}

action db_put(CLI::App& line) {
  auto wanted = std::make_shared<db::put>();
  auto value = std::make_shared<std::string>();
  line.description("Stores a document and prints its new revision");
  take_key(line, wanted->key);
  line.add_option("VALUE", *value, "At most 1 MiB; - is standard input")->required()->type_name("");
  take_space(line);
  take_revision(line, wanted->if_revision, "Only if the document still has this revision;\n0: only if there is none");
  line.footer("Examples:\n"
              "  pillar db put notes/today \"buy bread\"\n"
              "  pillar db put image - < image.png\n"
              "  pillar db put temperature -- -5");
  return [&line, wanted, value](session& in) {
    wanted->value = value_of(*value); // before anything is opened: it may take long
    in.open(access::writes, {provide_db});
    tell_revision(in, in.ask(*wanted, as_named(line)));
  };
}

action db_rm(CLI::App& line) {
  auto wanted = std::make_shared<db::remove>();
  line.description("Removes a document and prints the revision of its removal");
  take_key(line, wanted->key);
  take_space(line);
  take_revision(line, wanted->if_revision, "Only if the document still has this revision");
  line.footer("Example:\n  pillar db rm notes/today");
  return [&line, wanted](session& in) {
    in.open(access::reads, {provide_db});
    tell_revision(in, in.ask(*wanted, as_named(line)));
  };
}

action db_ls(CLI::App& line) {
  auto wanted = std::make_shared<db::list>(db::list{.limit = db::most_listed});
  auto columns = std::make_shared<bool>(false);
  line.description("Lists the keys of the documents");
  line.add_option("PREFIX", wanted->prefix, "Only keys that begin so")->type_name("");
  take_space(line);
  line.add_flag("-l,--long", *columns, "Print revision and size in bytes before each key");
  line.add_flag("--values", wanted->with_values, "With --json: also the values, in base64");
  line.footer("Example:\n  pillar db ls -l notes/\n\nThe order is bytewise. With --json one line for each document.");
  return [&line, wanted, columns](session& in) {
    if (wanted->with_values && !in.json())
      throw usage_error(errc::bad_request, "--values is for programs: give --json with it, or use `pillar db get`");
    in.open(access::reads, {provide_db});
    for (bool more = true; more;) {
      const auto page = in.ask(*wanted, as_named(line));
      for (auto& entry : page.entries) {
        if (in.json()) in.out().json(to_json(entry));
        else in.out().line(*columns ? in_columns(entry) : entry.key);
      }
      more = page.next.has_value();
      if (more) wanted->after = *page.next;
    }
  };
}

} // namespace pillar::cli

#include "tools/pillar/db_commands.hpp"

#include "actors/standard.hpp"
#include "interfaces/db.hpp"
#include "tools/pillar/arguments.hpp"
#include "tools/pillar/input.hpp"

namespace pillar::cli {

namespace {

constexpr auto key_meaning = "1 to 512 bytes of text, perhaps with / between its parts";

/// What all of them take.
struct db_request {
  std::string space = "application";
  std::string key;
  std::optional<db::revision> if_revision;

  ask_options as() const { return {.as = space}; }
};

template <class Request> std::shared_ptr<Request> take_space(CLI::App& line) {
  auto given = std::make_shared<Request>();
  line.add_option("-s,--space", given->space,
                  "The namespace: the name of the plugin or worker whose\ndocuments these are (default: application)")
      ->type_name("NAME");
  return given;
}

void take_revision(CLI::App& line, db_request& given, const char* meaning) {
  take_number(line, "--if-revision", given.if_revision, meaning)->type_name("NUMBER");
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

action db_get(CLI::App& line) {
  auto given = take_space<db_request>(line);
  line.description("Writes the value of a document to standard output, as it is");
  line.add_option("KEY", given->key, key_meaning)->required()->type_name("");
  line.footer("Example:\n  pillar db get notes/today\n  pillar db get --space notary --json KEY\n\n"
              "With --json the value, in base64, and its revision.");
  return [given](session& in) {
    in.open(access::reads, {provide_db});
    const auto found = in.ask(db::get{given->key}, given->as());
    if (in.json()) return in.out().json(to_json(found));
    in.out().write(found.value);
    const bool open_line = !found.value.empty() && found.value.back() != std::byte{'\n'};
    if (open_line && in.out().is_terminal()) in.out().line("");
  };
}

action db_put(CLI::App& line) {
  struct request : db_request {
    std::string value;
  };
  auto given = take_space<request>(line);
  line.description("Stores a document and prints its new revision");
  line.add_option("KEY", given->key, key_meaning)->required()->type_name("");
  line.add_option("VALUE", given->value, "At most 1 MiB; - is standard input")->required()->type_name("");
  take_revision(line, *given, "Only if the document still has this revision;\n0: only if there is none");
  line.footer("Example:\n  pillar db put notes/today \"buy bread\"\n  pillar db put image - < image.png\n  pillar db "
              "put temperature -- -5");
  return [given](session& in) {
    auto value = value_of(given->value); // before anything is opened: it may take long
    in.open(access::writes, {provide_db});
    tell_revision(in, in.ask(db::put{given->key, std::move(value), given->if_revision}, given->as()));
  };
}

action db_rm(CLI::App& line) {
  auto given = take_space<db_request>(line);
  line.description("Removes a document and prints the revision of its removal");
  line.add_option("KEY", given->key, key_meaning)->required()->type_name("");
  take_revision(line, *given, "Only if the document still has this revision");
  line.footer("Example:\n  pillar db rm notes/today");
  return [given](session& in) {
    in.open(access::reads, {provide_db});
    tell_revision(in, in.ask(db::remove{given->key, given->if_revision}, given->as()));
  };
}

action db_ls(CLI::App& line) {
  struct request : db_request {
    std::string prefix;
    bool columns = false;
    bool values = false;
  };
  auto given = take_space<request>(line);
  line.description("Lists the keys of the documents");
  line.add_option("PREFIX", given->prefix, "Only keys that begin so")->type_name("");
  line.add_flag("-l,--long", given->columns, "Print revision and size in bytes before each key");
  line.add_flag("--values", given->values, "With --json: also the values, in base64");
  line.footer("Example:\n  pillar db ls -l notes/\n\nThe order is bytewise. With --json one line for each document.");
  return [given](session& in) {
    if (given->values && !in.json())
      throw usage_error(errc::bad_request, "--values is for programs: give --json with it, or use `pillar db get`");
    in.open(access::reads, {provide_db});
    db::list wanted{.prefix = given->prefix, .limit = db::most_listed, .with_values = given->values};
    for (bool more = true; more;) {
      auto page = in.ask(wanted, given->as());
      for (auto& entry : page.entries) {
        if (in.json()) in.out().json(to_json(entry));
        else in.out().line(given->columns ? in_columns(entry) : entry.key);
      }
      more = page.next.has_value();
      if (more) wanted.after = *page.next;
    }
  };
}

} // namespace pillar::cli

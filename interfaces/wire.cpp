#include "interfaces/wire.hpp"

#include <stdexcept>

namespace pillar {

void add_named_type(caf::actor_system_config& to, const std::type_info& type, const std::string& name,
                    caf::type_erased_value_ptr (*make)()) {
  // Not add_message_type<T>, which would compile vector<T> and CAF's own stream<T> as well.
  if (!to.type_names_by_rtti.emplace(std::type_index(type), name).second) return;
  if (!to.value_factories_by_name.emplace(name, make).second)
    throw std::logic_error("two types that cross the wire are both named " + name);
  to.value_factories_by_rtti.emplace(std::type_index(type), make);
}

void add_common_types(caf::actor_system_config& to) {
  add_type<envelope>(to, "pillar.envelope");
  add_type<stream_opened>(to, "pillar.stream_opened");
  add_type<stream_pull>(to, "pillar.stream_pull");
  add_type<stream_drop>(to, "pillar.stream_drop");
  add_type<stream_idle>(to, "pillar.stream_idle");
}

} // namespace pillar

// What is not described cannot travel.
// expect: this type cannot travel: describe it with BOOST_DESCRIBE_STRUCT
// expect-clang: make_layout<stir>
#include "interfaces/layout.hpp"

#include <boost/describe/class.hpp>

struct stir {
  int often = 0;
};
#ifdef RIGHT
BOOST_DESCRIBE_STRUCT(stir, (), (often))
#endif

constexpr auto& seen = pillar::layout_of<stir>::value;

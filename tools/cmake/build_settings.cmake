# How everything in this tree is compiled. Nothing here reaches an application: the flags of its own build stay its own.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  # What marks a directory of generated files for backups (bford.info/cachedir); the demo leaves it out, too.
  if(NOT PROJECT_BINARY_DIR STREQUAL PROJECT_SOURCE_DIR)
    file(WRITE ${PROJECT_BINARY_DIR}/CACHEDIR.TAG "Signature: 8a477f597d28d172789f06886806bc55\n")
  endif()
  # Line tables are enough for a backtrace and keep objects and linking small.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
  endif()

  # GNU ld needs several seconds for a program with CAF.
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld PILLAR_HAVE_LLD)
  if(PILLAR_HAVE_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()

find_program(PILLAR_CCACHE ccache)
mark_as_advanced(PILLAR_CCACHE)
if(PILLAR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this ccache does not cache files that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${PILLAR_CCACHE})
endif()

if(PILLAR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PILLAR_SANITIZE)
  list(JOIN PILLAR_SANITIZE "," sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${sanitizers})
  if("undefined" IN_LIST PILLAR_SANITIZE)
    add_compile_options(-fno-sanitize-recover=all)
    # Spawning a function binds a null reference inside CAF (see the file), and libstdc++'s own assertions
    # (_GLIBCXX_ASSERTIONS) would end the program there too.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      add_compile_options(-fsanitize-ignorelist=${PROJECT_SOURCE_DIR}/tools/cmake/sanitizer_ignore.txt)
    else()
      add_compile_options(-fno-sanitize=null)
    endif()
  endif()
endif()

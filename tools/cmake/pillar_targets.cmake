# What the targets of all folders have in common.

# Warnings, and the precompiled header unless NO_PCH is given.
function(pillar_developer_settings target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_PCH" "" "")
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's plain -Wshadow also forbids a local the name of a type; its optimiser's guesses about memory are often wrong
    # inside std::string.
    target_compile_options(${target} PRIVATE -Wshadow=local -Wno-array-bounds -Wno-stringop-overflow
                                             -Wno-stringop-overread -Wno-restrict -Wno-maybe-uninitialized)
  else()
    target_compile_options(${target} PRIVATE -Wshadow)
  endif()
  if(PILLAR_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(PILLAR_PCH AND NOT arg_NO_PCH)
    target_precompile_headers(${target} REUSE_FROM pillar_pch)
  endif()
endfunction()

# The one precompiled header, made once and used by all targets.
function(pillar_add_pch)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/pch.cpp CONTENT "// only here so that the header is compiled\n")
  add_library(pillar_pch OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/pch.cpp)
  target_link_libraries(pillar_pch PRIVATE CAF::core Boost::headers Threads::Threads)
  target_precompile_headers(pillar_pch PRIVATE ${PROJECT_SOURCE_DIR}/tools/cmake/pch.hpp)
  pillar_developer_settings(pillar_pch NO_PCH)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # A time stamp in the header would keep ccache from ever finding it again.
    target_compile_options(pillar_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()

# pillar_library(FOLDER PUBLIC libraries... PRIVATE libraries...)
# The library pillar_FOLDER, alias pillar::FOLDER, from all sources below the current folder. Applications reach its
# headers as <pillar/FOLDER/...>, in the build tree as installed.
function(pillar_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PUBLIC;PRIVATE")
  set(target pillar_${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)

  add_library(${target} STATIC ${sources})
  add_library(pillar::${folder} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${folder})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                              $<INSTALL_INTERFACE:include>)
  pillar_developer_settings(${target})

  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/include/pillar)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/include/pillar/${folder} SYMBOLIC)
endfunction()

if(PILLAR_PCH)
  pillar_add_pch()
endif()

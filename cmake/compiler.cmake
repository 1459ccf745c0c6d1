# What every target is compiled with. No fast-math and no contraction: results are the same bytes on any
# build type and processor.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
add_library(lvslab_options INTERFACE)
target_compile_options(lvslab_options INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror -ffp-contract=off
  # GCC 12 sees overflows and overlaps in inlined std::string code that are not there (fixed in GCC 13), and more of
  # them (array-bounds) where that code comes precompiled.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers;-Wno-restrict;-Wno-stringop-overflow;$<$<BOOL:${LVSLAB_PCH}>:-Wno-array-bounds>>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-missing-field-initializers>)
# The library's own checks are on in every build but in the release code of the folders a frame crosses.
target_compile_definitions(lvslab_options INTERFACE
  $<$<NOT:$<AND:$<CONFIG:Release>,$<BOOL:$<TARGET_PROPERTY:LVSLAB_FRAME_PATH>>>>:_GLIBCXX_ASSERTIONS>)
# Those folders are optimised across their files when the program or its benchmark is linked. Their objects hold
# machine code besides ("fat"), so that test programs link in no time.
set(LVSLAB_LINK_TIME $<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>)
target_compile_options(lvslab_options INTERFACE
  $<$<AND:${LVSLAB_LINK_TIME},$<BOOL:$<TARGET_PROPERTY:LVSLAB_FRAME_PATH>>>:-flto=auto;-ffat-lto-objects>)
target_link_options(lvslab_options INTERFACE
  $<${LVSLAB_LINK_TIME}:$<IF:$<BOOL:$<TARGET_PROPERTY:LVSLAB_FRAME_PATH>>,-flto=auto,-fno-lto>>)
if(LVSLAB_SANITIZE)
  target_compile_options(lvslab_options INTERFACE
    -fsanitize=${LVSLAB_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(lvslab_options INTERFACE -fsanitize=${LVSLAB_SANITIZE})
  # Instrumented, GCC 12 takes moved std::functions inside std::regex for uninitialised. Other builds keep the warning.
  target_compile_options(lvslab_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(LVSLAB_FUZZ)
  target_compile_options(lvslab_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

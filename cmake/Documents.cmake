# Manual pages and completion of the programs, written by the programs.
set(documents ${PROJECT_BINARY_DIR}/documents)
file(MAKE_DIRECTORY ${documents})

foreach(program IN ITEMS duroxide-compat duroxide-provider)
  add_custom_command(
    OUTPUT ${documents}/${program}.1 ${documents}/${program}.bash ${documents}/_${program}
           ${documents}/${program}.fish
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${program}> -D FOLDER=${documents}
            -P ${PROJECT_SOURCE_DIR}/cmake/WriteDocuments.cmake
    DEPENDS ${program} ${PROJECT_SOURCE_DIR}/cmake/WriteDocuments.cmake
    VERBATIM)
  add_custom_target(documents-of-${program} ALL DEPENDS ${documents}/${program}.1)
  install(FILES ${documents}/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${documents}/${program}.bash RENAME ${program}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${documents}/_${program} DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${documents}/${program}.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endforeach()
